// A map of fates: rates across, starts up, each pixel the fate of one descent. Workers
// compute it, coarse first, then fine; the reader moves it and picks a descent.

import { html } from "./elements.js"
import { FateColours, fateName } from "./fate-colours.js"
import { Gestures } from "./gestures.js"
import { Plot } from "./plot.js"

export const EPOCHS = 300
const NARROWEST = 1e-9

/** Where the map of each function of the gallery is worth looking at. */
const WHOLE = {
  parabola: [0, 1.3, -2, 3],
  "cosine bowl": [0, 0.2, -3, 3],
  "double well": [0, 2.4, -3, 3],
  quartic: [0, 1.2, -2, 2],
  cubic: [0, 1.2, -2, 2],
  plateau: [0, 8, -3, 3],
  decay: [0, 5, -5, 5],
  absolute: [0, 2, -2, 2],
  "power kink": [0, 2, -2, 2],
  "log cosh": [0, 8, -8, 8],
}

/** A view that suits any other function: rates beyond all its limits 2/f″, its domain. */
function suited({ minima, d2f, domain }) {
  const limits = minima.map(x => Math.min(600, 2 / d2f(x))).filter(one => one > 0)
  const some = limits.filter(one => one < 600)
  const most = limits.length ? 1.5 * Math.max(...(some.length ? some : limits)) : 2
  return [0, Number(most.toPrecision(2)), ...domain]
}

/** Read four numbers as the view of a map. */
export function readView(typed) {
  const view = typed.split(",").map(Number)
  const [left, right, low, high] = view
  const right4 = view.length === 4 && view.every(Number.isFinite)
  if (right4 && left < right && low < high && String(fit(view)) === String(view)) return view
  throw new RangeError("A view is two rates from 0 on and two starts, each pair in order.")
}

/** A view within what can be computed: rates above 0, pixels that floats tell apart. */
function fit([left, right, low, high]) {
  const within = (from, to, least, most) => {
    const fine = NARROWEST * Math.max(1, Math.abs(from))
    const size = Math.min(Math.max(to - from, fine), most - least)
    if (size === to - from && from >= least && to <= most) return [from, to]
    const start = Math.min(Math.max((from + to - size) / 2, least), most - size)
    return [start, start + size]
  }
  return [...within(left, right, 0, 1000), ...within(low, high, -1e6, 1e6)]
}

export class FateMap {
  /**
   * `functionOf(state)` is the function, `job(state)` what a worker finds it by, and
   * `worker()` makes one that does.
   */
  constructor(explorable, { functionOf, job, worker }) {
    Object.assign(this, { explorable, functionOf, job })
    // Before there is anything to compute: a worker takes some 40 ms to start.
    const parts = Math.max(1, Math.min(4, navigator.hardwareConcurrency || 2))
    this.workers = Array.from({ length: parts }, worker)
    for (const one of this.workers) one.onmessage = ({ data }) => this.#receive(data)
    this.canvas = html("canvas", { "aria-hidden": "true" })
    this.plot = new Plot("Fate map", { margin: { left: 46, right: 10, top: 8, bottom: 36 } })
    const { node } = this.plot
    node.setAttribute("tabindex", 0)
    node.setAttribute("role", "application")
    node.setAttribute(
      "aria-label",
      "Fate map, rates across, starts up. Arrow keys move the point, plus and minus zoom, zero shows the whole, shift and arrows move the view.",
    )
    this.gestures = new Gestures(explorable, this.plot, {
      view: () => this.view,
      move: view => explorable.set({ view: fit(view) }),
      tap: event => this.#pick(this.plot.locate(event)),
      middle: () => {
        const { lr, x0 } = explorable.state
        return [lr, x0]
      },
      whole: () => explorable.set({ view: undefined }),
    })
    node.addEventListener("keydown", event => this.#press(event))
    this.legend = html("p", { class: "gd-legend" })
    this.node = html(
      "div",
      { class: "gd-map" },
      html("div", { class: "gd-picture" }, this.canvas, node),
      html("div", { class: "gd-bar" }, this.gestures.buttons, this.legend),
    )
    this.sizes = new ResizeObserver(() => this.#resize())
    this.sizes.observe(this.node)
    this.palette = new MutationObserver(() => this.#recolour())
    this.palette.observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
    this.id = 0
  }

  end() {
    this.sizes.disconnect()
    this.palette.disconnect()
    for (const worker of this.workers) worker.terminate()
  }

  /** What the map shows: [left, right, low, high]. */
  get view() {
    const { view, function: name } = this.explorable.state
    return view ?? WHOLE[name] ?? suited(this.fn)
  }

  draw() {
    const { state } = this.explorable
    this.fn = this.functionOf(state)
    const [left, right, low, high] = this.view
    const { plot } = this
    plot.begin({ x: [left, right], y: [low, high], xLabel: "Learning rate", yLabel: "" })
    const [lr, x0] = [state.lr, state.x0]
    // Ink on a line of paper: to be seen on every colour.
    for (const kind of ["paper", "ink"]) {
      if (lr >= left && lr <= right) plot.rule(`rate in ${kind}`, { x: lr }, kind)
      if (x0 >= low && x0 <= high) plot.rule(`start in ${kind}`, { y: x0 }, kind)
    }
    if (lr >= left && lr <= right && x0 >= low && x0 <= high)
      for (const kind of ["paper", "ink"]) plot.mark(`point in ${kind}`, lr, x0, "ring", kind)
    plot.note("start", "Start", plot.box.left + 6, plot.box.top + 14, "ink", { fixed: true })
    plot.end()
    const wanted = JSON.stringify([this.view, this.job(state), this.canvas.width, this.canvas.height])
    if (this.canvas.width > 1 && wanted !== this.shown) this.#start(wanted)
  }

  #resize() {
    const { plot, canvas } = this
    const { clientWidth: width, clientHeight: height } = plot.node
    if (!width || (plot.width === width && plot.height === height)) return
    plot.resize(width, height)
    const { left, right, top, bottom } = plot.margin
    canvas.width = width - left - right
    canvas.height = height - top - bottom
    canvas.style.cssText = `left:${left}px;top:${top}px`
    this.shown = undefined
    this.explorable.refresh()
  }

  /** Show another view: what is there is moved at once, and computed anew in the back. */
  #start(wanted) {
    const { canvas, view } = this
    const { width, height } = canvas
    const old = this.seen && this.fates && this.#copy()
    this.shown = wanted
    this.context = canvas.getContext("2d")
    this.colours ??= new FateColours(this.node)
    if (old && this.seenFn === this.fn) this.#move(old)
    else this.context.clearRect(0, 0, width, height)
    this.colours.kept.clear()
    this.seen = view
    this.seenFn = this.fn
    this.fates = new Uint32Array(width * height)
    const [left, right, low, high] = view
    this.id++
    this.open = this.workers.length
    for (const [part, worker] of this.workers.entries())
      worker.postMessage({
        id: this.id,
        ...this.job(this.explorable.state),
        epochs: EPOCHS,
        width,
        height,
        lr: [left, right],
        x0: [low, high],
        part,
        parts: this.workers.length,
      })
  }

  #copy() {
    const copy = new OffscreenCanvas(this.canvas.width, this.canvas.height)
    copy.getContext("2d").drawImage(this.canvas, 0, 0)
    return copy
  }

  #move(old) {
    const { context, canvas, seen, view } = this
    const x = (lr, [left, right]) => ((lr - left) / (right - left)) * canvas.width
    const y = (x0, [, , low, high]) => ((high - x0) / (high - low)) * canvas.height
    const [left, top] = [x(seen[0], view), y(seen[3], view)]
    context.clearRect(0, 0, canvas.width, canvas.height)
    context.imageSmoothingEnabled = false
    context.drawImage(old, left, top, x(seen[1], view) - left, y(seen[2], view) - top)
  }

  #receive({ id, size, y, fates, done }) {
    if (id !== this.id) return
    if (done) {
      if (--this.open === 0) this.#name()
      return
    }
    const { width, height } = this.canvas
    const columns = Math.ceil(width / size)
    const rows = Math.min(8, height - y)
    for (let j = 0; j < rows; j++) {
      const from = Math.floor(j / size) * columns
      const to = (y + j) * width
      for (let i = 0; i < width; i++) this.fates[to + i] = fates[from + Math.floor(i / size)]
    }
    this.#paint(y, rows)
    if (size === 8 && y + 16 > height) this.#name()
  }

  #paint(y, rows) {
    const { width } = this.canvas
    const image = this.context.createImageData(width, rows)
    const minima = this.fn.minima.length
    let [last, colour] = [-1, undefined]
    for (let i = 0; i < width * rows; i++) {
      const bits = this.fates[y * width + i]
      if (bits !== last) colour = this.colours.of((last = bits), minima)
      const at = 4 * i
      image.data[at] = colour[0]
      image.data[at + 1] = colour[1]
      image.data[at + 2] = colour[2]
      image.data[at + 3] = bits ? 255 : 0
    }
    this.context.putImageData(image, 0, y)
  }

  #recolour() {
    if (!this.fates) return
    this.colours = new FateColours(this.node)
    this.#paint(0, this.canvas.height)
    this.#name()
  }

  /** The legend: what the map holds, the commonest first. */
  #name() {
    const { minima } = this.fn
    const found = new Map()
    for (let i = 0; i < this.fates.length; i += 7) {
      const bits = this.fates[i]
      const kind = bits && bits & ~0x1fffff
      if (kind) found.set(kind >>> 0, (found.get(kind >>> 0) ?? 0) + 1)
    }
    const entries = new Map()
    for (const [kind] of [...found].sort(([, a], [, b]) => b - a)) {
      const name = fateName(kind, minima)
      if (!entries.has(name) && entries.size < 9) entries.set(name, kind)
    }
    this.legend.replaceChildren(
      ...[...entries].map(([name, kind]) => {
        const [red, green, blue] = this.colours.of((kind | 5) >>> 0, minima.length)
        const swatch = html("span", { class: "gd-swatch", style: `background: rgb(${red} ${green} ${blue})` })
        return html("span", {}, swatch, name)
      }),
    )
  }

  #pick({ x, y }) {
    const [left, right, low, high] = this.view
    const digits = size => Math.max(2, Math.ceil(2.5 - Math.log10(size)))
    const near = (value, size) => Number(value.toFixed(Math.min(15, digits(size))))
    const lr = near(x, right - left)
    this.explorable.set({ lr: lr > 0 ? lr : x, x0: near(y, high - low) })
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { key, shiftKey } = event
    const across = { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0
    const up = { ArrowUp: 1, ArrowDown: -1 }[key] ?? 0
    const [left, right, low, high] = this.view
    const { lr, x0 } = this.explorable.state
    if (shiftKey && (across || up)) this.gestures.shift(across / 8, up / 8)
    else if (across || up) {
      const [dx, dy] = [(right - left) / 200, (high - low) / 200]
      this.#pick({ x: Math.max(dx / 10, lr + across * dx), y: x0 + up * dy })
    } else if (key === "+" || key === "=") this.gestures.zoom(1 / 2)
    else if (key === "-") this.gestures.zoom(2)
    else if (key === "0") this.explorable.set({ view: undefined })
    else return
    event.preventDefault()
  }
}
