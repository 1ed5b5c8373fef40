// <gd-playground>: any formula of x, its derivative found for the reader, one descent on
// it and its map of fates; and the same as a program.

import { button } from "./controls.js"
import { DESCENT_DEFAULTS, DESCENT_FIELDS, DescentView } from "./descent-view.js"
import { html } from "./elements.js"
import { Explorable } from "./explorable.js"
import { functionFrom, toPython, toText } from "./expression.js"
import { FateMap, readView } from "./fate-map.js"
import { opening } from "./opening.js"
import { program } from "./program.js"
import { Strip } from "./strip.js"

const EXAMPLES = [
  ["(x - 0.5)**2", "a parabola"],
  ["cos(2*pi*x) + x**2", "a bowl with ripples"],
  ["x**4/4 - x**2/2 + x/10", "two wells, one deeper"],
  ["log(cosh(x))", "steep nowhere"],
  ["x**6/6 - x**4/2 + x**2/3", "three wells"],
  ["abs(x)**1.5", "infinite curvature"],
  ["x + 1/x", "a pole at 0"],
]

const { function: _, ...fields } = DESCENT_FIELDS
const { function: __, ...defaults } = DESCENT_DEFAULTS
let known = {}

/** The function of a formula; the last one is kept. */
function functionOf({ f: text }) {
  if (known.name === text.trim()) return known
  const fn = functionFrom(text)
  const [low, high] = fn.domain
  const somewhere = Array.from({ length: 201 }, (_, k) => fn.f(low + ((high - low) * k) / 200))
  if (!somewhere.some(Number.isFinite))
    throw new RangeError("This formula has no finite value anywhere that the page looked.")
  return (known = fn)
}

class Playground extends Explorable {
  static fields = {
    f: typed => functionOf({ f: typed }).name,
    ...fields,
    view: readView,
  }
  static defaults = { ...defaults, f: "(x - 0.5)**2", epochs: 50 }

  build() {
    this.box = html("input", {
      type: "text",
      id: "gd-formula",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      maxlength: 20000,
      "aria-describedby": "gd-fault",
      input: () => this.type("f", this.box.value),
    })
    this.examples = html(
      "select",
      { "aria-label": "Examples", change: () => this.#take(this.examples.value) },
      html("option", { value: "" }, "Examples"),
      ...EXAMPLES.map(([formula, words]) => html("option", { value: formula }, `${formula}: ${words}`)),
    )
    // Below the box either what is wrong with it, or the slope.
    this.below = html("p", { class: "gd-below", id: "gd-fault" })
    const one = { functionOf, chooser: false }
    this.descent = new DescentView(this, one)
    this.descent.strip = new Strip(this.descent.left, this)
    this.map = new FateMap(this, {
      functionOf,
      job: ({ f }) => ({ formula: f }),
      worker: () => new Worker(new URL("./formula-worker.js", import.meta.url), { type: "module" }),
    })
    this.code = html("textarea", {
      readonly: true,
      rows: 12,
      wrap: "off",
      spellcheck: "false",
      "aria-label": "The program",
      hidden: true,
    })
    this.live.append(
      html(
        "div",
        { class: "gd-field" },
        html("label", { for: "gd-formula" }, "f(x) ="),
        this.box,
        this.examples,
      ),
      this.below,
      this.descent.node,
      html("div", { class: "gd-bar gd-take" }, button("Copy as Python", () => this.#copy()), this.message),
      this.code,
      this.map.node,
    )
  }

  draw() {
    const { state } = this
    const fn = functionOf(state)
    if (!this.wrong) {
      if (document.activeElement !== this.box) this.box.value = state.f
      this.#under(fn)
    }
    this.examples.value = EXAMPLES.some(([formula]) => formula === state.f) ? state.f : ""
    this.seen = this.descent.draw()
    this.map.draw()
    if (!this.code.hidden) this.#write()
  }

  end() {
    this.descent.strip.end()
    this.map.end()
    this.descent.stop()
  }

  reset() {
    this.#blame()
    this.code.hidden = true
    super.reset()
  }

  /** A new formula comes with a start, a rate and a view that suit it. */
  type(name, typed) {
    if (name !== "f") return super.type(name, typed)
    try {
      const fn = functionOf({ f: typed })
      this.#blame()
      if (fn.name !== this.state.f) this.set({ f: fn.name, ...opening(fn), view: undefined })
      else this.refresh()
      return true
    } catch (error) {
      this.#blame(error, typed)
      return false
    }
  }

  #take(formula) {
    if (!formula) return
    this.box.value = formula
    this.type("f", formula)
  }

  /** Say what is wrong with a formula, and show the place; or nothing is any more. */
  #blame(error, typed = "") {
    this.wrong = error
    // A formula of a link that is wrong never reached the box.
    if (error && this.box.value === typed) this.box.setAttribute("aria-invalid", true)
    else this.box.removeAttribute("aria-invalid")
    this.below.classList.toggle("gd-wrong", Boolean(error))
    if (!error) return (this.under = undefined)
    const { message, start = 0, end = 0 } = error
    const until = Math.min(end, start + 24)
    const [from, to] = [Math.max(0, start - 24), Math.min(typed.length, until + 16)]
    const before = (from ? "…" : "") + typed.slice(from, start)
    const after = typed.slice(until, to) + (to < typed.length ? "…" : "")
    const place = html("code", {}, before, html("mark", {}, typed.slice(start, until) || "\u00a0"), after)
    this.below.replaceChildren(message, " ", end || start ? place : "")
    this.say(message)
  }

  /** Show the slope below the box. */
  #under(fn) {
    if (this.under === fn) return
    this.under = fn
    this.below.textContent = `f′(x) = ${written(() => toText(fn.trees[1])) ?? "…, too long to be written here"}`
    const { scrollHeight, clientHeight } = this.below
    if (scrollHeight > clientHeight) this.below.setAttribute("tabindex", 0)
    else this.below.removeAttribute("tabindex")
  }

  /** Write the program; or say why not. */
  #write() {
    const { fn, path, minimum, heights } = this.seen
    fn.sources ??= written(() => fn.trees.map(toPython)) ?? []
    const right = this.descent.second
    const what = { ...this.state, epochs: path.length - 1, right, minimum, heights }
    const [source] = fn.sources
    this.code.value = source ? program(fn, fn.sources, what) : ""
    return Boolean(source)
  }

  async #copy() {
    // It is said as often as it is done.
    Object.assign(this, { touched: true, said: undefined })
    this.code.hidden = !this.#write()
    if (this.code.hidden) return this.complain("The derivatives of this formula are too long to be written out.")
    try {
      await navigator.clipboard.writeText(this.code.value)
      this.say("The program is copied. It stands below, too.")
    } catch {
      this.code.select()
      this.say("The program stands below, selected.")
    }
  }
}

/** What is too long to be written is undefined. */
function written(write) {
  try {
    return write()
  } catch {
    return undefined
  }
}

customElements.define("gd-playground", Playground)
