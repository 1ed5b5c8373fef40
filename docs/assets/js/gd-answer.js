// <gd-answer>: a question that is answered with a number, and checks the answer.

import { html } from "./elements.js"
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
    .replace(/[×·*]10(\^|\*\*)/, "e")
  const thousands = /^[+-]?[1-9]\d{0,2}(,\d{3})+(?![\d,])/.test(plain)
  const texts = [plain.replace(/(\d*),(\d+)/g, "$1.$2"), thousands && plain.replaceAll(",", "")]
  return texts.filter(Boolean).map(value).filter(one => one !== undefined)
}

/** The value of 0.5, 1e-3, 1/3, inf or nan; undefined for anything else. */
function value(text) {
  const parts = text.split("/")
  if (parts.length > 2 || !parts.every(one => NUMBER.test(one))) return
  const [top, bottom = 1] = parts.map(one => Number(one.replace("inf", "Infinity")))
  return top / bottom
}

/** Whether a number counts as the key: within a distance, or within a share of it. */
export function close(number, key, within) {
  if (Object.is(number, key) || number === key) return true
  const size = Math.abs(key)
  const room = within.endsWith("%") ? (size * parseFloat(within)) / 100 : Number(within)
  return size < Infinity && Math.abs(number - key) <= room + 1e-9 * size
}

class Answer extends HTMLElement {
  right = false

  connectedCallback() {
    recall(this)
    if (this.box) return
    const id = `gd-answer-${++count}`
    const question = this.querySelector("p")
    question.append(html("label", { for: id }, ...question.childNodes))
    this.said = html("span", { class: "gd-said", id: `${id}-said`, role: "status" })
    this.box = html("input", {
      id,
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-describedby": this.said.id,
      input: () => this.say(""),
    })
    const submit = event => {
      event.preventDefault()
      this.check()
    }
    this.append(html("form", { submit }, this.box, html("button", {}, "Check"), this.said))
  }

  check() {
    const numbers = readings(this.box.value)
    const is = key => numbers.some(one => close(one, value(key), this.getAttribute("within")))
    if (!numbers.length)
      return this.say("unread", "Type a number, such as 0.25, −3, 1/3 or 1e-6.")
    if (is(this.getAttribute("key"))) {
      this.right = true
      return this.say("right", settle(this) ? "Right. Compare your way with the solution." : "Right.")
    }
    const known = [...this.querySelectorAll("[data-key]")].find(one => is(one.dataset.key))
    if (known) this.say("wrong", "Not yet. ", ...known.cloneNode(true).childNodes)
    else this.say("wrong", ...nudge(this))
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
