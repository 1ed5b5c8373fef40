// One descent, in two pictures: the curve or the cobweb, and the error or the estimate
// against epochs; with the controls that change it. Used alone by gd-descent, and beside
// a map by others.

import { button, choice, dial, linkButton, logarithmic, typed } from "./controls.js"
import { gradientDescent } from "./descent.js"
import { html } from "./elements.js"
import { classifier, unpack } from "./fates.js"
import { GALLERY, named, parabola } from "./functions.js"
import { Handle } from "./handle.js"
import { estimate, oneOf, power, read, text } from "./numbers.js"
import { Plot } from "./plot.js"
import { error } from "./theory.js"
import { descentWords, minimumOf, thresholds } from "./words.js"

const LONGEST = 10000
const TOLERANCE = 1e-6

/** The parts of the state that a descent has, each with its reader. */
export const DESCENT_FIELDS = {
  function: oneOf(GALLERY.map(fn => fn.name)),
  x0: typed => read(typed, "The start", { from: -1e6, to: 1e6 }),
  lr: typed => read(typed, "The learning rate", { above: 0 }),
  epochs: typed => read(typed, "The number of epochs", { from: 0, to: LONGEST, whole: true }),
  left: oneOf(["curve", "cobweb"]),
  right: oneOf(["error", "estimate"]),
}

/** What a descent is where nothing else is said. */
export const DESCENT_DEFAULTS = {
  function: "parabola",
  x0: -2,
  lr: 0.1,
  epochs: 20,
  left: "curve",
  right: "error",
}

/** A start and a rate that show what a function is about. */
const OPENING = {
  parabola: [-2, 0.1],
  "cosine bowl": [-2, 0.01],
  "double well": [1.9, 0.1],
  quartic: [1.2, 0.1],
  cubic: [1, 0.1],
  plateau: [1.8, 0.3],
  decay: [-1, 0.3],
  absolute: [-1.75, 0.2],
  "power kink": [-1.5, 0.2],
  "log cosh": [3, 0.5],
}

/** The epochs that a function is followed for: fewer where each takes long. */
const longest = ({ work }) =>
  work ? Math.min(LONGEST, Math.floor(1e6 / (2 * work[1] + work[2]))) : LONGEST

/**
 * The heights that a picture of these values needs, and whether it cuts some off. A pole
 * must not flatten what is beside it: where a single step takes up a third of all, the
 * outer tenths are cut.
 */
export function heights(values) {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b)
  if (!finite.length) return [0, 1]
  const [bottom, top] = [finite[0], finite.at(-1)]
  const steep = values.some((one, i) => {
    const step = Math.abs(values[i + 1] - one)
    return step > (top - bottom) / 3
  })
  const at = share => finite[Math.round(share * (finite.length - 1))]
  const core = at(0.9) - at(0.1)
  if (!steep || !(core > 0)) return [bottom, top]
  const shown = [Math.max(bottom, at(0.1) - core / 2), Math.min(top, at(0.9) + core / 2)]
  return [...shown, shown[0] > bottom || shown[1] < top]
}

/** The values, with a gap where a step leads from below a picture to above it. */
function gaps(xs, ys, low, high) {
  const through = (a, b) => (a < low && b > high) || (a > high && b < low)
  const made = { xs: [], ys: [] }
  for (const [i, y] of ys.entries()) {
    if (through(ys[i - 1], y)) made.xs.push(NaN), made.ys.push(NaN)
    made.xs.push(xs[i])
    made.ys.push(y)
  }
  return made
}

export class DescentView {
  /** Build pictures and controls for the state of an explorable. */
  constructor(
    explorable,
    {
      chooser = true,
      functionOf = state => named(state.function),
      formula = false,
      steps = false,
    } = {},
  ) {
    Object.assign(this, { explorable, functionOf, formula, steps })
    this.left = new Plot("The curve with the path on it", { height: 260 })
    this.right = new Plot("The path against epochs", { height: 260 })
    this.curves = new Map()

    this.marks = []
    const snap = () => this.marks.map(([at]) => at)
    this.lr = dial(explorable, "lr", "Learning rate", logarithmic(1e-3, 10, { snap }))
    const many = logarithmic(1, LONGEST, { whole: true })
    this.epochs = dial(explorable, "epochs", "Epochs", many)
    this.x0 = typed(explorable, "x0", "Start")
    const quiet = { quiet: true }
    const functions = GALLERY.map(fn => [fn.name, `${fn.name}: ${fn.formula}`])
    this.function = choice(explorable, "function", "Function", functions, quiet)
    this.function.select.addEventListener("change", () => {
      const [x0, lr] = OPENING[explorable.state.function]
      explorable.set({ x0, lr, view: undefined })
    })
    const lefts = [["curve", "The curve, f(x)"], ["cobweb", "Cobweb: next estimate"]]
    const rights = [["error", "Error: distance to x*"], ["estimate", "Estimate of x*"]]
    this.views = [
      choice(explorable, "left", "First picture", lefts, quiet),
      choice(explorable, "right", "Second picture", rights, quiet),
    ]
    this.status = html("p", { class: "gd-words" })
    this.player = button("Play", () => this.#play())
    this.node = html(
      "div",
      { class: "gd-descent" },
      html(
        "div",
        { class: "gd-panels" },
        html("div", { class: "gd-panel" }, this.views[0].node, this.left.node),
        html("div", { class: "gd-panel" }, this.views[1].node, this.right.node),
      ),
      html("div", { class: "gd-dials" }, this.lr.node, this.epochs.node),
      html(
        "div",
        { class: "gd-bar" },
        chooser ? this.function.node : "",
        this.x0.node,
        html(
          "span",
          { class: "gd-buttons" },
          button("Back", () => this.#step(-1), { title: "One epoch back" }),
          button("Step", () => this.#step(1), { title: "One epoch on" }),
          this.player,
        ),
        html(
          "span",
          { class: "gd-buttons" },
          button("Reset", () => explorable.reset()),
          linkButton(explorable),
        ),
      ),
      this.status,
    )
    this.#makeHandle()
  }

  /** Draw the state of the explorable. */
  draw() {
    const { state } = this.explorable
    const fn = (this.fn = this.functionOf(state))
    if (this.playing && state.shown === undefined) this.stop()
    this.second = fn.minima.length ? state.right : "estimate"
    const epochs = Math.min(state.epochs, longest(fn))
    const whole = gradientDescent(fn.df, state.x0, state.lr, epochs)
    const shown = Math.min(state.shown ?? epochs, epochs)
    const path = whole.subarray(0, shown + 1)
    const minimum = minimumOf(fn, whole)
    const fate = this.fate(fn, state.x0, state.lr, shown)
    this.marks = thresholds(fn, minimum)
    if (state.left === "cobweb") this.#cobweb(fn, path, state)
    else this.#curve(fn, path)
    if (this.second === "estimate") this.#estimates(fn, path, minimum, state)
    else this.#errors(fn, path, minimum, state)
    this.strip?.draw(fn, state.lr, this.classify)
    this.#placeHandle(fn, state)
    this.#controls()
    const limit = epochs < state.epochs ? ` So long a formula is followed for ${epochs} epochs.` : ""
    const words = descentWords(fn, state.lr, path, minimum, fate) + limit
    if (this.status.textContent !== words) this.status.textContent = words
    this.explorable.say(words)
    return { fn, path: whole, minimum, heights: this.cut }
  }

  /** What becomes of a run. */
  fate(fn, x0, lr, epochs) {
    if (this.classified !== fn) this.classify = classifier(fn)
    this.classified = fn
    return unpack(this.classify(x0, lr, epochs))
  }

  /** What of x the picture shows: the domain, wider where the path is, up to 3 times. */
  #view(fn, path) {
    if (this.dragging) return this.dragging
    let [low, high] = fn.domain
    const width = high - low
    const [least, most] = [low - width, high + width]
    for (const x of path) {
      if (!(x >= least && x <= most)) continue
      if (x < low) low -= Math.ceil(((low - x) / width) * 4) * (width / 4)
      if (x > high) high += Math.ceil(((x - high) / width) * 4) * (width / 4)
    }
    return [Math.max(low, least), Math.min(high, most)]
  }

  /** Points of a curve over a range, with a margin; kept while nothing changes. */
  #points(name, fn, [low, high], y) {
    const kept = this.curves.get(name)
    if (kept?.fn === fn && kept.low === low && kept.high === high && kept.lr === y.lr) return kept
    const margin = (high - low) * 0.03
    const x = [low - margin, high + margin]
    const xs = Array.from({ length: 301 }, (_, i) => x[0] + ((x[1] - x[0]) * i) / 300)
    const made = { fn, low, high, lr: y.lr, x, xs, ys: xs.map(y) }
    this.curves.set(name, made)
    return made
  }

  #curve(fn, path) {
    const range = this.#view(fn, path)
    const { x, xs, ys } = this.#points("curve", fn, range, fn.f)
    const bottoms = fn.minima.filter(one => one >= x[0] && one <= x[1]).map(fn.f)
    const [low, top, cut] = heights(ys)
    const bottom = Math.min(low, ...bottoms)
    this.cut = cut && [bottom, top].map(one => Number(one.toPrecision(4)))
    const height = top - bottom || 1
    const { left } = this
    left.square = false
    left.begin({ x, y: [bottom - (this.strip ? 0.14 : 0.09) * height, top + 0.03 * height], xLabel: "x" })
    const curve = gaps(xs, ys, ...left.range.y)
    left.line("curve", curve.xs, curve.ys, "function")
    this.#minima(fn, fn.f)
    const near = path.map(one => Math.min(x[1] * 2 - x[0], Math.max(x[0] * 2 - x[1], one)))
    const up = near.map(fn.f)
    if (this.steps) this.#arrows(near, up)
    else left.stairs("path", near, up, path.length > 150 ? "faint" : "thin")
    left.dots("steps", near, up, "path")
    const last = path.length - 1
    const end = fn.f(path[last])
    if (end >= left.range.y[0] && end <= left.range.y[1])
      left.mark("last", path[last], end, "disc", "path")
    this.#leaving(path, x)
    left.end()
  }

  /** Each step across, and the height that it loses as a dotted drop. */
  #arrows(xs, ys) {
    const across = { x: [], y: [] }
    const down = { x: [], y: [] }
    for (let k = 0; k + 1 < xs.length; k++) {
      across.x.push(xs[k], xs[k + 1], NaN)
      across.y.push(ys[k], ys[k], NaN)
      down.x.push(xs[k + 1], xs[k + 1], NaN)
      down.y.push(ys[k], ys[k + 1], NaN)
    }
    this.left.stairs("across", across.x, across.y, "path")
    this.left.stairs("down", down.x, down.y, "drop")
  }

  #cobweb(fn, path, { lr }) {
    const range = this.#view(fn, path)
    const next = one => one - lr * fn.df(one)
    next.lr = lr
    const { x, xs, ys } = this.#points("map", fn, range, next)
    const { left } = this
    left.square = true
    left.begin({ x, y: x, xLabel: "Estimate x" })
    left.line("diagonal", x, x, "diagonal")
    const stairs = { x: [], y: [] }
    for (let k = 0; k + 1 < path.length; k++) {
      stairs.x.push(path[k], path[k])
      stairs.y.push(path[k], path[k + 1])
    }
    if (path.length > 1) {
      stairs.x.push(path.at(-1))
      stairs.y.push(path.at(-1))
    }
    left.stairs("stairs", stairs.x, stairs.y, path.length > 150 ? "faint" : "thin")
    const map = gaps(xs, ys, ...x)
    left.line("map", map.xs, map.ys, "function")
    this.#minima(fn, one => one)
    left.mark("last", path.at(-1), path.at(-1), "disc", "path")
    this.#leaving(path, x)
    left.end()
  }

  #minima(fn, height) {
    for (const [i, one] of fn.minima.entries())
      this.left.mark(`minimum ${i}`, one, height(one), "ring", "minimum")
  }

  #leaving(path, [low, high]) {
    const out = path.findIndex(x => !(x >= low && x <= high))
    if (out < 0) return
    const how = out ? "leaves" : "starts outside"
    const { right, top } = this.left.box
    const place = { fixed: true, anchor: "end" }
    this.left.note("leaving", `${how} the picture: ${estimate(out)} = ${text(path[out], 3)}`, right, top + 10, "divergence", place)
  }

  #estimates(fn, path, minimum, state) {
    const finite = path.filter(x => Math.abs(x) < 1e300)
    let [low, high] = minimum === undefined ? [Infinity, -Infinity] : [minimum, minimum]
    for (const x of finite) {
      low = Math.min(low, x)
      high = Math.max(high, x)
    }
    const margin = (high - low || 1) * 0.06
    const { right } = this
    right.begin({
      x: [0, Math.max(1, state.epochs)],
      y: [low - margin, high + margin],
      xLabel: "Epochs",
    })
    for (const [i, one] of fn.minima.entries())
      if (one >= low && one <= high) right.rule(`minimum ${i}`, { y: one }, "minimum")
    this.#run("estimates", path, path)
    this.#rings("estimates", fn, state, (one, minimum) => minimum + one)
    right.end()
  }

  #errors(fn, path, minimum, state) {
    const errors = path.map(x => Math.abs(x - minimum))
    const shown = errors.filter(one => one > 0 && Number.isFinite(one))
    const least = shown.reduce((a, b) => Math.min(a, b), TOLERANCE)
    const most = shown.reduce((a, b) => Math.max(a, b), 1)
    const four = value => 10 ** Math.min(308, Math.max(-320, value * 4))
    const low = four(Math.floor(Math.log10(least) / 4))
    const high = most < 10 ? 10 : four(Math.ceil(Math.log10(most) / 4))
    const { right } = this
    right.begin({
      x: [0, Math.max(1, state.epochs)],
      y: [low, high],
      yLog: true,
      xLabel: "Epochs",
    })
    right.rule("millionth line", { y: TOLERANCE }, "minimum", true)
    const { box } = right
    const edge = { fixed: true, anchor: "end" }
    right.note("millionth", power(-6), box.right, right.y.at(TOLERANCE) - 5, "minimum", edge)
    this.#run("errors", path, errors.map(one => one || NaN))
    this.#rings("errors", fn, state, one => Math.abs(one) || NaN)
    const exact = errors.indexOf(0)
    if (exact >= 0) {
      right.note("exact", `exactly 0 at epoch ${exact}`, box.right, box.bottom - 8, "minimum", edge)
    }
    right.end()
  }

  /** The path against epochs, and where it leaves the floats. */
  #run(name, path, values) {
    const { right } = this
    const epochs = Array.from(values, (_, k) => k)
    right.line(name, epochs, values, "path")
    if (epochs.length <= 61) right.dots(`${name}, dots`, epochs, values, "path")
    const last = values.length - 1
    if (Number.isFinite(values[last])) right.mark(`${name}, last`, last, values[last], "disc", "path")
    const lost = path.findIndex(x => !Number.isFinite(x))
    if (lost < 0) return
    const { box } = right
    const words = `${text(path[lost])} at epoch ${lost}`
    const after = path.findIndex(Number.isNaN)
    const more = after > lost ? `, nan from ${after}` : ""
    right.rule("lost line", { x: lost }, "divergence", true)
    right.note("lost", words + more, box.right, box.top + 10, "divergence", { fixed: true, anchor: "end" })
  }

  /** On the parabola: rings where the formula puts the path, at most 60. */
  #rings(name, fn, { x0, lr, epochs }, value) {
    if (!this.formula || fn !== parabola) return
    const [minimum] = fn.minima
    const every = Math.ceil((epochs + 1) / 60)
    const ks = Array.from({ length: Math.floor(epochs / every) + 1 }, (_, i) => i * every)
    const signed = ks.map(k => error(k, x0 - minimum, lr, fn.d2f(minimum)))
    this.right.rings(`${name}, rings`, ks, signed.map(one => value(one, minimum)), "function")
  }

  #controls() {
    this.lr.draw(this.marks)
    this.epochs.draw()
    this.function.draw()
    for (const view of this.views) view.draw()
    this.views[1].select.value = this.second
    this.views[1].select.disabled = !this.fn.minima.length
    this.x0.draw()
    this.player.textContent = this.playing ? "Pause" : "Play"
  }

  // ------------------------------------------------------------------ the start

  #makeHandle() {
    const { explorable } = this
    this.handle = new Handle(this.left, {
      label: "Start",
      domain: () => this.dragging ?? this.#reach(),
      value: () => explorable.state.x0,
      move: x0 => explorable.set({ x0 }),
      grab: () => (this.dragging = this.#reach()),
      drop: () => {
        this.dragging = undefined
        explorable.set({})
      },
    })
  }

  /** Where the start may go: what the picture shows, and where it is. */
  #reach() {
    const { x0 } = this.explorable.state
    const [low, high] = this.left.range.x
    const margin = ((high - low) * 0.03) / 1.06
    const near = value => Number(value.toPrecision(9))
    return [Math.min(x0, near(low + margin)), Math.max(x0, near(high - margin))]
  }

  #placeHandle(fn, { x0, left }) {
    const shown = Math.min(this.left.range.x[1], Math.max(this.left.range.x[0], x0))
    const { top, bottom } = this.left.box
    const y = left === "cobweb" ? shown : fn.f(shown)
    const up = this.left.y.at(y)
    // Where f has no value, the start stands on the axis.
    const seen = Number.isNaN(up) ? bottom : Math.min(bottom, Math.max(top, up))
    const words = `x0 = ${text(x0)}, f(x0) = ${text(fn.f(x0), 3)}`
    this.handle.place(this.left.x.at(shown), seen, x0, words)
  }

  // ------------------------------------------------------------------ step and play

  #step(by) {
    this.stop()
    const { state } = this.explorable
    const shown = (state.shown ?? state.epochs) + by
    if (shown < 0 || shown > LONGEST) return
    this.explorable.set({ shown, epochs: Math.max(shown, state.epochs) })
  }

  #play() {
    if (this.playing) return this.stop()
    const { explorable } = this
    const { epochs, shown = epochs } = explorable.state
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      explorable.set({ shown: shown >= epochs ? 0 : shown + 1 })
      return
    }
    const from = shown >= epochs ? 0 : shown
    const pace = Math.max(8, epochs / 5) / 1000
    let began
    explorable.set({ shown: from })
    const tick = now => {
      began ??= now
      const k = Math.min(epochs, from + Math.floor((now - began) * pace))
      this.playing = k < epochs ? requestAnimationFrame(tick) : undefined
      explorable.set({ shown: k })
    }
    this.playing = requestAnimationFrame(tick)
  }

  /** Stop playing, and when the reader leaves, for good. */
  stop() {
    cancelAnimationFrame(this.playing)
    this.playing = undefined
    this.player.textContent = "Play"
  }
}
