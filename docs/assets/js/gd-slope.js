// <gd-slope>: tangent and secant at a point to drag, and the error of the secant's slope
// against its step h.

import { button, choice, dial, linkButton, logarithmic, typed } from "./controls.js"
import { html } from "./elements.js"
import { Explorable } from "./explorable.js"
import { cosineBowl, parabola } from "./functions.js"
import { Handle } from "./handle.js"
import { oneOf, read, text } from "./numbers.js"
import { Plot } from "./plot.js"

const { abs, cbrt, exp, max, PI, sin, sqrt } = Math
const [LEAST, EDGE] = [1e-15, 2]

/** The curves, each with its third derivative, which the central difference needs. */
export const CURVES = [
  { ...parabola, d3f: () => 0 },
  { name: "exp", formula: "exp(x)", f: exp, df: exp, d2f: exp, d3f: exp },
  { ...cosineBowl, d3f: x => 8 * PI * PI * PI * sin(2 * PI * x) },
]

/** The gap from a float to the next, as np.spacing gives it. */
export function gap(value) {
  const float = Float64Array.of(abs(value))
  new BigUint64Array(float.buffer)[0]++
  return float[0] - abs(value)
}

/**
 * What rounding may do to the two values of f together: half a gap for each, near f(x)
 * or near x f′, by which the rounding of x itself moves f, whichever is larger.
 */
const digit = (fn, x, h) => gap(max(abs(fn.f(x)), abs(x * fn.df(x + h))))

/** The two differences: quotient, both causes of its error, and the step they favour. */
export const DIFFERENCES = {
  forward: {
    points: "x and x + h",
    of: (f, x, h) => (f(x + h) - f(x)) / h,
    truncation: (fn, x, h) => (abs(fn.d2f(x)) / 2) * h,
    rounding: (fn, x, h) => digit(fn, x, h) / h,
    best: (fn, x) => sqrt((2 * digit(fn, x, 0)) / abs(fn.d2f(x))),
  },
  central: {
    points: "x − h and x + h",
    of: (f, x, h) => (f(x + h) - f(x - h)) / (2 * h),
    truncation: (fn, x, h) => (abs(fn.d3f(x)) / 6) * h * h,
    rounding: (fn, x, h) => digit(fn, x, h) / (2 * h),
    best: (fn, x) => cbrt((1.5 * digit(fn, x, 0)) / abs(fn.d3f(x))),
  },
}

/** What the slider stops at; every second of these, ten a decade, is in the picture. */
const SCALE = logarithmic(LEAST, 1)
export const STEPS = Array.from({ length: SCALE.steps / 2 + 1 }, (_, i) => SCALE.value(2 * i))

/** Errors |difference − f′(x)| for many steps. */
export const errors = (fn, { of }, x, steps) => steps.map(h => abs(of(fn.f, x, h) - fn.df(x)))

/** Which cause of error rules, by the model that the page draws as lines. */
export function causeWords(fn, { truncation, rounding }, x, h) {
  const [bend, loss] = [truncation(fn, x, h), rounding(fn, x, h)]
  const about = value => text(value, 1)
  if (bend === 0) return `No truncation here: rounding, about ${about(loss)}, is all there is.`
  const both = [`truncation, about ${about(bend)}`, `rounding, about ${about(loss)}`]
  if (max(bend / loss, loss / bend) < 3) return `Both causes weigh alike: ${both.join("; ")}.`
  const [rules, other] = bend > loss ? both : both.reverse()
  return `${rules[0].toUpperCase()}${rules.slice(1)}, outweighs ${other}.`
}

class Slope extends Explorable {
  static fields = {
    function: oneOf(CURVES.map(fn => fn.name)),
    x: one => read(one, "x", { from: -EDGE, to: EDGE }),
    step: one => read(one, "The step h", { from: LEAST, to: 1 }),
    difference: oneOf(["forward", "central", "both"]),
  }
  static defaults = { function: "parabola", x: -1, step: 1, difference: "forward" }

  build() {
    this.left = new Plot("The curve with its tangent and secant", { height: 260 })
    this.right = new Plot("The error against the step h", { height: 260 })
    const quiet = { quiet: true }
    const curves = CURVES.map(fn => [fn.name, `${fn.name}: ${fn.formula}`])
    const kinds = ["forward", "central", "both"].map(kind => [
      kind,
      `Error, ${kind} difference${kind === "both" ? "s" : ""}`,
    ])
    this.controls = [
      choice(this, "function", "Function", curves, quiet),
      choice(this, "difference", "Difference", kinds, quiet),
      typed(this, "x", "x"),
    ]
    const [curve, kind, x] = this.controls.map(one => one.node)
    this.step = dial(this, "step", "Step h", SCALE)
    this.words = html("p", { class: "gd-words" })
    this.live.append(
      html(
        "div",
        { class: "gd-panels" },
        html("div", { class: "gd-panel" }, curve, this.left.node),
        html("div", { class: "gd-panel" }, kind, this.right.node),
      ),
      html(
        "div",
        { class: "gd-dials" },
        this.step.node,
        html(
          "div",
          { class: "gd-bar" },
          x,
          html(
            "span",
            { class: "gd-buttons" },
            button("Reset", () => this.reset()),
            linkButton(this),
          ),
        ),
      ),
      this.words,
    )
    this.handle = new Handle(this.left, {
      label: "x",
      kind: "path",
      domain: () => [-EDGE, EDGE],
      value: () => this.state.x,
      move: x => this.set({ x }),
    })
    this.right.node.addEventListener("click", event => {
      const { inside, x } = this.right.locate(event)
      if (inside) this.set({ step: SCALE.value(Math.round(SCALE.place(x))) })
    })
  }

  draw() {
    const { function: name, x, step, difference } = this.state
    this.fn = CURVES.find(fn => fn.name === name)
    const shown = difference === "both" ? ["forward", "central"] : [difference]
    this.#curve(shown)
    this.#errors(shown)
    for (const one of this.controls) one.draw()
    const favoured = shown
      .map(kind => [DIFFERENCES[kind].best(this.fn, x), shown[1] ? kind : ""])
      .filter(([best]) => best <= 1)
    this.step.draw(favoured.map(([at, kind], i) => [at, i ? kind : `best ${kind}`]))
    const words = this.#say(shown, x, step)
    if (this.words.textContent !== words) this.words.textContent = words
    this.say(words)
  }

  #curve(shown) {
    const { fn, left } = this
    const { x, step: h } = this.state
    const margin = EDGE * 0.06
    const wide = [-EDGE - margin, EDGE + margin]
    if (this.curve?.fn !== fn) {
      const xs = Array.from({ length: 301 }, (_, i) => wide[0] + ((wide[1] - wide[0]) * i) / 300)
      this.curve = { fn, xs, ys: xs.map(fn.f) }
    }
    const { xs, ys } = this.curve
    const [bottom, top] = [Math.min(...ys), max(...ys)]
    left.begin({ x: wide, y: [bottom - (top - bottom) * 0.2, top], xLabel: "x" })
    left.line("curve", xs, ys, "function")
    const through = (key, at, height, slope, kind) =>
      left.line(key, wide, wide.map(one => height + slope * (one - at)), kind)
    through("tangent", x, fn.f(x), fn.df(x), "path")
    const { box } = left
    const note = (row, words, kind) =>
      left.note(kind, words, box.left + 90, box.top + 10 + 15 * row, kind, { fixed: true })
    note(0, `tangent, slope ${text(fn.df(x), 5)}`, "path")
    shown.forEach((kind, row) => {
      const slope = DIFFERENCES[kind].of(fn.f, x, h)
      const ends = kind === "forward" ? [x, x + h] : [x - h, x + h]
      const [middle, height] = [ends, ends.map(fn.f)].map(([a, b]) => (a + b) / 2)
      through(`${kind} secant`, middle, height, slope, kind)
      for (const one of ends)
        if (one !== x && abs(one) < wide[1] && fn.f(one) < top)
          left.mark(`${kind} ${one < x}`, one, fn.f(one), "disc", kind)
      note(row + 1, `${shown[1] ? kind : "secant"}, slope ${text(slope, 5)}`, kind)
    })
    left.end()
    this.handle.place(left.x.at(x), left.y.at(fn.f(x)), x, `x = ${text(x)}, slope ${text(fn.df(x))}`)
  }

  #errors(shown) {
    const { fn, right } = this
    const { x, step: h } = this.state
    if (this.made?.fn !== fn || this.made.x !== x) {
      this.made = { fn, x }
      for (const kind in DIFFERENCES) this.made[kind] = errors(fn, DIFFERENCES[kind], x, STEPS)
    }
    const all = shown.flatMap(kind => this.made[kind]).filter(one => one > 0)
    const least = Math.min(...all)
    const floors = shown.at(-1) === "forward" ? [1e-12, 1e-16, 1e-20] : [1e-16, 1e-20]
    const low = floors.find(one => one <= least) ?? least / 10
    const high = max(...all) > 10 ? 1e4 : 10
    right.begin({
      x: [LEAST / 2, 2],
      y: [low, high],
      xLog: true,
      yLog: true,
      xLabel: "Step h",
      xTicks: [1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1],
      yTicks: [1e4, 1, 1e-4, 1e-8, 1e-12, 1e-16, 1e-20].filter(one => one >= low && one <= high),
    })
    right.rule("step", { x: h }, "diagonal", true)
    const { box } = right
    let foot = box.bottom + 8
    for (const kind of shown) {
      const { truncation, rounding } = DIFFERENCES[kind]
      const model = STEPS.map(one => truncation(fn, x, one) + rounding(fn, x, one))
      right.line(`${kind} model`, STEPS, model, `${kind} model`)
      right.dots(kind, STEPS, this.made[kind].map(one => one || NaN), kind)
      const exact = this.made[kind].filter(one => one === 0).length
      if (exact) {
        const words = `${kind} exactly 0 at ${exact} of ${STEPS.length} steps`
        right.note(`${kind} exact`, words, box.left + 6, (foot -= 14), kind, { fixed: true })
      }
      const [error] = errors(fn, DIFFERENCES[kind], x, [h])
      if (error > 0) right.mark(`${kind} now`, h, error, "disc", kind)
      if (shown[1]) this.#name(kind, model)
    }
    right.end()
  }

  /** The name of a V, beside its right arm. */
  #name(kind, model) {
    const forward = kind === "forward"
    const i = STEPS.findIndex(h => h >= (forward ? 1e-5 : 1e-2))
    const place = forward ? { anchor: "end", dy: -8 } : { dx: 8, dy: 8 }
    this.right.note(`${kind} name`, kind, STEPS[i], model[i], kind, place)
  }

  #say(shown, x, h) {
    const { fn } = this
    const slope = fn.df(x)
    return [
      `At x = ${text(x)} the slope is ${text(slope, 12)}.`,
      ...shown.map(kind => {
        const quotient = DIFFERENCES[kind].of(fn.f, x, h)
        const error = abs(quotient - slope)
        const level = quotient === 0 && slope !== 0 ? " (both values of f are the same float)" : ""
        const how = error === 0 ? "exactly 0, for which a log axis has no place" : text(error, 2)
        const [start, middle] = shown[1]
          ? [`${kind === "forward" ? "Forward" : "Central"}:`, ", error"]
          : [`The secant through ${DIFFERENCES[kind].points} has the slope`, ": the error is"]
        const found = `${start} ${text(quotient, 12)}${level}${middle} ${how}.`
        return `${found} ${causeWords(fn, DIFFERENCES[kind], x, h)}`
      }),
    ].join(" ")
  }
}

customElements.define("gd-slope", Slope)
