// <gd-answer>: a question that is answered with a number, and checks the answer.

import { nudge, recall, settle } from "./progress.js"

const NUMBER = /^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|nan)$/
let count = 0

/** The numbers that a text may mean: “2,500” is 2.5 or 2500. None for no number. */
export function readings(typed) {
  const plain = typed
    .toLowerCase()
    .replace(/[\s_'’]|%$/g, "")
    .replace(/[−–]/g, "-")
    .replace(/∞|infinity/, "inf")
    .replace(/^([+-]?)10(\^|\*\*)/, "$11e")
    .replace(/([×·*]|\\cdot)10(\^|\*\*)/, "e")
  const thousands = /^[+-]?[1-9]\d{0,2}(,\d{3})+(?!\d|,)/.test(plain)
  const texts = [plain.replace(/(\d*),(\d+)/g, "$1.$2"), thousands && plain.replaceAll(",", "")]
  return texts.filter(Boolean).map(value).filter(one => one !== undefined)
}

/** The value of 0.5, 1e-3, 1/3, inf or nan; undefined for anything else. */
function value(text) {
  const [top, bottom = "1", more] = text.split("/")
  if (more !== undefined || !NUMBER.test(top) || !NUMBER.test(bottom)) return
  const read = part => Number(part.replace("inf", "Infinity"))
  return read(top) / read(bottom)
}

/** Whether a number counts as the key: within a distance, or within a share of it. */
export function close(number, key, within) {
  if (Object.is(number, key) || number === key) return true
  const size = Math.abs(key)
  const room = within.endsWith("%") ? (size * parseFloat(within)) / 100 : Number(within)
  return Math.abs(number - key) <= room + 1e-9 * size && size < Infinity
}

class Answer extends HTMLElement {
  right = false

  connectedCallback() {
    recall(this)
    if (this.querySelector("form")) return
    const make = (name, more) => Object.assign(document.createElement(name), more)
    const id = `gd-answer-${++count}`
    const question = this.querySelector("p")
    const label = make("label", { htmlFor: id })
    label.append(...question.childNodes)
    question.append(label)
    this.said = make("span", { className: "gd-said", id: `${id}-said` })
    this.said.setAttribute("role", "status")
    this.box = make("input", {
      id,
      type: "text",
      inputMode: "decimal",
      autocomplete: "off",
      oninput: () => this.say(""),
    })
    this.box.setAttribute("aria-describedby", this.said.id)
    const form = make("form", {
      noValidate: true,
      onsubmit: event => {
        event.preventDefault()
        this.check()
      },
    })
    form.append(this.box, make("button", { textContent: "Check" }), this.said)
    this.append(form)
  }

  check() {
    const numbers = readings(this.box.value)
    const within = this.getAttribute("within")
    const is = key => numbers.some(one => close(one, value(key), within))
    if (!numbers.length)
      return this.say("unread", "Type a number, such as 0.25, −3, 1/3 or 1e-6.")
    if (is(this.getAttribute("key"))) {
      this.right = true
      const all = settle(this)
      return this.say("right", all ? "Right. Compare your way with the solution." : "Right.")
    }
    const known = [...this.querySelectorAll("[data-key]")].find(one => is(one.dataset.key))
    if (known) return this.say("wrong", "Not yet. ", ...known.cloneNode(true).childNodes)
    this.say("wrong", ...nudge(this))
  }

  /** Say how the answer is, in such a way that the same words are heard twice. */
  say(state, ...words) {
    this.dataset.state = state
    this.box.setAttribute("aria-invalid", state === "wrong" || state === "unread")
    this.said.replaceChildren()
    if (words.length) requestAnimationFrame(() => this.said.replaceChildren(...words))
  }
}

customElements.define("gd-answer", Answer)
