// <gd-playground>: any formula of x, its derivative found for the reader, one descent on
// it and its map of fates; and the same as a program.

import { button } from "./controls.js"
import { DESCENT_DEFAULTS, DESCENT_FIELDS, DescentView } from "./descent-view.js"
import { Explorable, html } from "./explorable.js"
import { functionFrom, toPython, toText } from "./expression.js"
import { FateMap, readView } from "./fate-map.js"
import { program } from "./program.js"

const EXAMPLES = [
  ["(x - 0.5)**2", "the lecture's parabola"],
  ["cos(2*pi*x) + x**2", "a bowl with ripples"],
  ["x**4/4 - x**2/2 + x/10", "two wells, one deeper"],
  ["log(cosh(x))", "steep nowhere"],
  ["x**6/6 - x**4/2 + x**2/3", "three wells"],
  ["x*exp(-x**2)", "a pit beside a hill"],
  ["sin(x) + sin(10*x/3)", "many pits"],
  ["abs(x)**1.5", "infinite curvature"],
  ["x + 1/x", "a pole at 0"],
]

const { function: _, ...fields } = DESCENT_FIELDS
const { function: __, ...defaults } = DESCENT_DEFAULTS
let known = {}

/** The function of a formula; the last one is kept. */
function functionOf({ f: text }) {
  if (known.name !== text.trim()) known = functionFrom(text)
  return known
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
      input: () => this.#read(),
    })
    this.examples = html(
      "select",
      { "aria-label": "Examples", change: () => this.#take(this.examples.value) },
      html("option", { value: "" }, "Examples"),
      ...EXAMPLES.map(([formula, words]) => html("option", { value: formula }, `${formula}: ${words}`)),
    )
    this.slope = html("p", { class: "gd-slope-of" })
    this.fault = html("p", { class: "gd-message", id: "gd-fault", role: "alert", hidden: true })
    this.box.setAttribute("aria-describedby", "gd-fault")
    const one = { functionOf, chooser: false, strip: true }
    this.descent = new DescentView(this, one)
    this.map = new FateMap(this, {
      functionOf,
      job: ({ f }) => ({ formula: f }),
      worker: () => new Worker(new URL("./formula-worker.js", import.meta.url), { type: "module" }),
    })
    this.code = html("textarea", { readonly: true, rows: 12, "aria-label": "The program", hidden: true })
    this.live.append(
      html(
        "div",
        { class: "gd-formula" },
        html("label", { for: "gd-formula" }, "f(x) ="),
        this.box,
        this.examples,
      ),
      this.fault,
      this.slope,
      this.descent.node,
      html(
        "div",
        { class: "gd-bar" },
        button("Copy as Python", () => this.#copy()),
      ),
      this.code,
      this.map.node,
    )
  }

  draw() {
    const { state } = this
    const fn = functionOf(state)
    if (document.activeElement !== this.box) this.box.value = state.f
    this.slope.textContent = `f′(x) = ${toText(fn.trees[1])}`
    this.descent.draw()
    this.map.draw()
    if (!this.code.hidden) this.code.value = this.#program()
  }

  end() {
    this.map.end()
    this.descent.stop()
  }

  /** Take what is in the box, if it is a formula; else say what is wrong and where. */
  #read() {
    const text = this.box.value
    try {
      const fn = functionOf({ f: text })
      this.#blame()
      if (fn.name !== this.state.f) this.#show(fn)
    } catch (error) {
      this.#blame(error)
    }
  }

  #take(formula) {
    if (!formula) return
    this.box.value = formula
    this.examples.value = ""
    this.#read()
  }

  /** A new formula: a start and a rate that suit it, and its own view. */
  #show(fn) {
    const [low, high] = fn.domain
    const x0 = Number((low + (high - low) / 10).toPrecision(2))
    const nearest = fn.minima.reduce((a, b) => (Math.abs(b - x0) < Math.abs(a - x0) ? b : a), NaN)
    const [first = NaN] = fn.minima
    const curvature = fn.d2f(Number.isNaN(nearest) ? first : nearest)
    const lr = curvature > 0 && curvature < Infinity ? Number((0.2 / curvature).toPrecision(1)) : 0.1
    this.set({ f: fn.name, x0, lr, view: undefined })
  }

  #blame(error) {
    this.box.setAttribute("aria-invalid", Boolean(error))
    this.fault.hidden = !error
    this.fault.textContent = error?.message ?? ""
    this.slope.hidden = Boolean(error)
  }

  #program() {
    return program(functionOf(this.state), this.state, toPython)
  }

  async #copy() {
    const text = this.#program()
    this.code.hidden = false
    this.code.value = text
    try {
      await navigator.clipboard.writeText(text)
      this.say("The program is copied.")
    } catch {
      this.code.select()
      this.say("The program stands below.")
    }
  }
}

customElements.define("gd-playground", Playground)
