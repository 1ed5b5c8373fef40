// <gd-bifurcation>: the bifurcation diagram of the double well, with a line at a rate
// that the reader moves, and beside it the run at this rate.

import { Diagram, edgeOf, fateOf, fit, LANDMARKS, NARROWEST, topOf, WHOLE } from "./bifurcation.js"
import { button, dial, linkButton } from "./controls.js"
import { gradientDescent } from "./descent.js"
import { html } from "./elements.js"
import { Explorable } from "./explorable.js"
import { doubleWell } from "./functions.js"
import { Gestures } from "./gestures.js"
import { Handle } from "./handle.js"
import { apart, estimate, read, text, ticks } from "./numbers.js"
import { Plot } from "./plot.js"

const { abs, log, max, min } = Math
const { df } = doubleWell
const EPOCHS = 40
const SLICE = 8 // milliseconds of a frame
const ON_THE_PAGE = 4 // landmarks, the first
// Where runs double, rates shrink by 4.67 and estimates by 2.5, which is its power 0.6.
const TALL = 0.6

function readView(typed) {
  const [left, right, low, high, ...more] = typed.split(",").map(Number)
  if (right - left >= NARROWEST && high - low >= NARROWEST && !more.length)
    return fit([left, right, low, high])
  throw new RangeError("The view must be two rates and two estimates, each pair in order.")
}

class Bifurcation extends Explorable {
  static fields = {
    lr: typed => read(typed, "The learning rate", { from: WHOLE[0], to: WHOLE[1] }),
    view: readView,
  }
  static defaults = { lr: 1.2, view: WHOLE }

  build() {
    this.canvas = html("canvas", { "aria-hidden": "true" })
    this.diagram = new Plot("Where runs settle, against the rate", { margin: { top: 40, bottom: 8 } })
    this.exponent = new Plot("Lyapunov exponent against the rate", { margin: { bottom: 20 } })
    this.orbit = new Plot("The run from c against epochs", { margin: { top: 40 } })
    this.cobweb = new Plot("Cobweb of the settled run", { square: true })
    this.plots = [this.diagram, this.exponent, this.orbit, this.cobweb]
    this.dial = dial(this, "lr", "Learning rate", {
      steps: 1000,
      place: lr => ((lr - this.state.view[0]) / this.width) * 1000,
      value: position => this.#rounded(this.state.view[0] + (position / 1000) * this.width),
      say: lr => text(lr, 12),
    })
    this.jump = html(
      "select",
      { change: () => this.set(LANDMARKS[this.jump.value]?.at ?? {}) },
      html("option", { value: "" }, "a landmark"),
      ...LANDMARKS.map(({ at, name, what }, i) =>
        html("option", { value: i }, `${i < ON_THE_PAGE ? name : `≈ ${text(at.lr)}`}: ${what}`),
      ),
    )
    this.words = html("p", { class: "gd-words" })
    this.gestures = new Gestures(this, this.diagram, {
      view: () => this.state.view,
      move: view => this.#look(view),
      tap: event => this.#follow(event),
      middle: () => [this.state.lr, this.#middle()],
      whole: () => this.#look(WHOLE),
      skip: event => this.handle.node.contains(event.target),
      tall: TALL,
    })
    this.dial.node.append(this.gestures.buttons)
    const bar = html(
      "div",
      { class: "gd-bar" },
      html("label", { class: "gd-choice" }, "Go to ", this.jump),
      html(
        "span",
        { class: "gd-buttons" },
        button("Reset", () => this.reset()),
        linkButton(this),
      ),
    )
    const picture = html("div", { class: "gd-picture" }, this.canvas, this.diagram.node)
    this.live.append(
      html(
        "div",
        { class: "gd-bifurcation" },
        html("div", {}, picture, this.exponent.node, this.dial.node, bar, this.words),
        html("div", { class: "gd-run" }, this.orbit.node, this.cobweb.node),
      ),
    )
    this.handle = new Handle(this.diagram, {
      label: "Learning rate, in the diagram",
      kind: "rate",
      domain: () => this.state.view,
      value: () => this.state.lr,
      move: lr => this.set({ lr }),
      round: lr => this.#rounded(lr),
      taps: false,
    })
    this.handle.node.setAttribute("aria-description", "Plus and minus zoom, 0 shows the whole, Shift and arrows move the view.")
    this.handle.node.addEventListener("keydown", event => this.#press(event), { capture: true })
    // Where the whole is in view, a mouse that drags takes the line along.
    this.diagram.node.addEventListener("pointermove", event => {
      const drags = event.buttons === 1 && event.pointerType !== "touch"
      if (drags && this.state.view === WHOLE && this.diagram.locate(event).inside) this.#follow(event)
    })
    this.sizes = new ResizeObserver(() => this.#measure() && this.draw())
    this.sizes.observe(this.live)
    this.palette = new MutationObserver(() => this.#tint())
    this.palette.observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
  }

  end() {
    this.sizes.disconnect()
    this.palette.disconnect()
    cancelAnimationFrame(this.slice)
  }

  /** How wide the view is. */
  get width() {
    return this.state.view[1] - this.state.view[0]
  }

  draw() {
    const { state } = this
    const [left, right, low, high] = state.view
    const { lr } = state
    if (lr < left || lr > right) {
      const half = this.width / 2
      const near = abs(lr - (left + right) / 2) < 3 * half
      state.view = near ? fit([lr - half, lr + half, low, high]) : WHOLE
    }
    if (lr !== this.fate?.lr) this.fate = { lr, ...fateOf(lr) }
    if (!this.size) this.#measure()
    this.#drawDiagram()
    this.#drawOrbit()
    this.#drawCobweb()
    this.dial.draw()
    const landmark = LANDMARKS.findIndex(({ at }) => at.lr === lr)
    this.jump.value = landmark < 0 ? "" : landmark
    const words = `lr ${text(lr, 12)}: ${this.#describe()}`
    if (this.words.textContent !== words) this.words.textContent = words
    this.say(words)
  }

  /** Give the pictures the size that they have on the page; say whether it is new. */
  #measure() {
    const sizes = this.plots.map(({ node }) => [node.clientWidth, node.clientHeight])
    if (!sizes[0][0] || String(sizes) === this.size) return false
    this.size = String(sizes)
    for (const [i, plot] of this.plots.entries()) plot.resize(...sizes[i])
    this.pictured = undefined
    return true
  }

  // ------------------------------------------------------------------ the diagram

  #drawDiagram() {
    const { diagram, handle, fate: { lr, points }, state: { view } } = this
    const [left, right, low, high] = view
    diagram.begin({ x: [left, right], y: [low, high], xTicks: [], yLabel: "Estimates, settled" })
    if (String(view) !== this.pictured) this.#begin()
    // The landmarks of the page; in a close view also the others.
    this.marked = LANDMARKS.filter(
      ({ at }, i) => at.lr >= left && at.lr <= right && (i < ON_THE_PAGE || this.width < 0.12),
    )
    for (const { at, name } of this.marked) {
      diagram.rule(`${name}, line`, { x: at.lr }, "divergence", true)
      diagram.note(name, name, diagram.x.at(at.lr), diagram.box.top - 6, "divergence", { fixed: true, anchor: "middle" })
    }
    diagram.rule("rate", { x: lr }, "rate")
    if (points) diagram.dots("points", points.map(() => lr), points, "path")
    diagram.end()
    this.#drawExponent()
    handle.place(diagram.x.at(lr), diagram.box.bottom, lr, text(lr, 12))
  }

  #drawExponent() {
    const { exponent, pieces: { rates, exponents }, state: { lr, view: [left, right] } } = this
    exponent.begin({
      x: [left, right],
      y: [-2.5, 1.4],
      xTicks: ticks(left, right, exponent.width / 90),
      yTicks: [-2, -1, 0, 1],
      yLabel: "Exponent",
    })
    for (const { at, name } of this.marked) exponent.rule(name, { x: at.lr }, "divergence", true)
    exponent.rule("zero", { y: 0 }, "ink")
    exponent.line("exponent", rates, exponents, "thin")
    if (right >= 2) {
      exponent.mark("end", 2, log(3), "disc", "divergence")
      exponent.note("ln 3", "ln 3", 2, log(3), "divergence", { dx: 7, dy: 4 })
    }
    exponent.rule("rate", { x: lr }, "rate")
    exponent.end()
  }

  /** Begin the picture of another view: coarse at once, then finer. */
  #begin() {
    const { canvas, state: { view } } = this
    const { left, right, top, bottom } = this.diagram.box
    this.pictured = String(view)
    canvas.style.cssText = `left:${left}px;top:${top}px;width:${right - left}px;height:${bottom - top}px`
    canvas.width = Math.round((right - left) * min(2, max(1, devicePixelRatio)))
    canvas.height = Math.round(bottom - top)
    this.pieces = new Diagram(view, canvas.width, canvas.height)
    this.work = this.pieces.work()
    this.#tint()
    this.#go()
  }

  /** Compute for some milliseconds of this frame, and go on in the next. */
  #go() {
    cancelAnimationFrame(this.slice)
    const enough = performance.now() + SLICE
    let [piece, whole] = [{}, false]
    while (!piece.done && performance.now() < enough) {
      piece = this.work.next()
      if (piece.value) this.#paint(...piece.value)
      whole ||= piece.value?.[1] === this.pieces.columns
    }
    if (whole && this.marked) this.#drawExponent()
    this.slice = piece.done ? undefined : requestAnimationFrame(() => this.#go())
  }

  /** Take the colour of the palette, and paint what is there in it. */
  #tint() {
    const [red, green, blue] = getComputedStyle(this.canvas).color.match(/\d+/g)
    this.colour = (blue << 16) | (green << 8) | red
    this.#paint(0, this.canvas.width)
  }

  /** Paint some columns: the more often runs come to a place, the stronger the colour. */
  #paint(first, last) {
    const { hits, rows } = this.pieces
    const image = new ImageData(last - first, rows)
    const pixels = new Uint32Array(image.data.buffer)
    for (let i = first; i < last; i++) {
      const column = hits.subarray(i * rows, (i + 1) * rows)
      const all = column.reduce((sum, one) => sum + one, 100)
      for (let row = 0; row < rows; row++) {
        if (!column[row]) continue
        const strength = 1 - Math.exp((-0.6 * column[row] * rows) / all)
        pixels[row * (last - first) + i - first] = (Math.round(255 * strength) << 24) | this.colour
      }
    }
    this.canvas.getContext("2d").putImageData(image, first, 0)
  }

  // ------------------------------------------------------------------ the run beside it

  #drawOrbit() {
    const { orbit, fate: { lr } } = this
    const run = gradientDescent(df, topOf(lr), lr, EPOCHS)
    const epochs = run.map((_, k) => k)
    orbit.begin({ x: [0, EPOCHS], y: WHOLE.slice(2), xLabel: "Epochs", yLabel: "Estimate, from c" })
    orbit.line("run", epochs, run, "thin")
    orbit.dots("steps", epochs, run, "path")
    const out = run.findIndex(x => abs(x) > WHOLE[3])
    if (out > 0) {
      const words = `leaves: ${estimate(out)} = ${text(run[out], 3)}`
      orbit.note("out", words, EPOCHS, WHOLE[3], "divergence", { anchor: "end", dy: 12 })
    }
    orbit.end()
  }

  #drawCobweb() {
    const { cobweb, fate: { lr, kind, points, path } } = this
    const view = WHOLE.slice(2)
    const few = points?.length < 16
    const gone = kind === "diverges"
    const shown = path.subarray(0, points ? points.length + 1 : 200)
    const corners = [...shown].flatMap(x => [x, x])
    const xs = Array.from({ length: 121 }, (_, i) => view[0] + ((view[1] - view[0]) * i) / 120)
    const xLabel = gone ? "Estimate" : "Estimate, settled"
    cobweb.begin({ x: view, y: view, xLabel, yLabel: "Next estimate" })
    cobweb.line("diagonal", view, view, "diagonal")
    cobweb.stairs("stairs", corners.slice(0, -1), corners.slice(1), few || gone ? "path" : "faint")
    cobweb.line("map", xs, xs.map(x => x - lr * df(x)), "function")
    if (few) cobweb.dots("points", points, points, "path")
    cobweb.end()
  }

  /** What the run does at this rate, in words. */
  #describe() {
    const { lr, kind, points, multiplier, exponent, path } = this.fate
    if (kind === "diverges")
      return `one step from c leads to ${apart(path[1], [edgeOf(lr)])}, beyond the edge ${apart(edgeOf(lr), [path[1]])}. The run diverges.`
    const mean = `the exponent is ${text(exponent, 2)}`
    if (kind === "chaos") {
      const [low, high] = [min(...path), max(...path)]
      const sides = low * high < 0 ? "on both sides" : "on one side"
      return `chaos. The run from c wanders between ${text(low)} and ${text(high)}, ${sides}. An epoch multiplies a small distance by ${text(Math.exp(exponent), 3)} on average: ${mean}.`
    }
    const splits = LANDMARKS.some(one => one.lr === lr && one.what.includes("splitting"))
    if (!points)
      return splits
        ? `here is a splitting, and beside it runs settle ever more slowly; ${mean}.`
        : `the run from c settles too slowly, or on too long a cycle, to tell; ${mean}.`
    const factor = abs(multiplier) < 1e-6 ? "nearly 0" : text(multiplier, 3)
    const places = Array.from(points.slice().sort(), x => text(x)).join(", ")
    const cycle = `a cycle of ${points.length} points${points.length > 8 ? "" : `: ${places}`}`
    return points.length > 1
      ? `the run from c settles on ${cycle}. A round multiplies a small error by ${factor}.`
      : `the run from c settles on ${places}. An epoch multiplies a small error by ${factor}.`
  }

  // ------------------------------------------------------------------ the view

  /** A rate within the whole, as exact as the view can show it. */
  #rounded(lr) {
    const digits = 3 + Math.ceil(-Math.log10(this.width))
    return min(WHOLE[1], max(WHOLE[0], Number(lr.toFixed(digits))))
  }

  /** Put the line where a pointer is. */
  #follow(event) {
    this.set({ lr: this.#rounded(this.diagram.locate(event).x) })
    this.handle.node.focus({ preventScroll: true })
  }

  /** Change the view, and take the line along where it would be left behind. */
  #look(wanted) {
    const view = fit(wanted)
    if (view[1] - view[0] < NARROWEST) return
    this.set({ view, lr: min(view[1], max(view[0], this.state.lr)) })
  }

  /** Keys for the view, before those of the handle. */
  #press(event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }
    const arrow = event.shiftKey && arrows[event.key]
    const factor = { "+": 1 / 2, "=": 1 / 2, "-": 2, 0: 1e9 }[event.key]
    if (event.ctrlKey || event.metaKey || event.altKey || !(arrow || factor)) return
    if (arrow) this.gestures.shift(arrow[0] / 4, arrow[1] / 4)
    else this.gestures.zoom(factor)
    event.preventDefault()
    event.stopImmediatePropagation()
  }

  /** The settled estimate to zoom at: next to c, to −c, or to the middle of the view. */
  #middle() {
    const { fate: { lr, path }, state: { view: [, , low, high] } } = this
    const nearest = aim =>
      path.reduce((best, one) => {
        const x = abs(one - aim) < abs(one + aim) ? one : -one
        return abs(x - aim) < abs(best - aim) ? x : best
      }, Infinity)
    const c = topOf(lr)
    const middle = (low + high) / 2
    return [c, -c, middle].map(nearest).find(x => x > low && x < high) ?? middle
  }
}

customElements.define("gd-bifurcation", Bifurcation)
