// A picture with axes, as SVG. What is drawn is kept under a key and changed in place:
// between begin() and end() a picture says all that it shows, and what it no longer
// names disappears.

import { decades, power, text, ticks } from "./numbers.js"

const SVG = "http://www.w3.org/2000/svg"
const WIDTH = 340
const MARGIN = { left: 46, right: 12, top: 24, bottom: 36 }
let clips = 0

/** Make an SVG element with these attributes. */
export function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name)
  for (const key in attributes) node.setAttribute(key, attributes[key])
  node.append(...children)
  return node
}

const near = value => Math.round(value * 10) / 10

export class Plot {
  /** A picture of this size, in units of the viewBox; `margin` says what differs. */
  constructor(label, { width = WIDTH, height = 250, square = false, margin = {} } = {}) {
    this.square = square
    this.margin = { ...MARGIN, ...margin }
    this.kept = new Map()
    const clip = `gd-clip-${clips++}`
    this.window = svg("rect")
    this.frame = svg("g", { class: "gd-axes", "aria-hidden": "true" })
    this.inside = svg("g", { "clip-path": `url(#${clip})` })
    this.above = svg("g")
    this.node = svg(
      "svg",
      { class: "gd-plot", role: "group", "aria-label": label },
      svg("clipPath", { id: clip }, this.window),
      this.frame,
      this.inside,
      this.above,
    )
    this.resize(width, height)
  }

  /** Make the picture larger or smaller; the next begin() draws its axes anew. */
  resize(width, height) {
    this.width = width
    this.height = height
    this.node.setAttribute("viewBox", `0 0 ${width} ${height}`)
  }

  /** Start a picture with these axes: x and y are [low, high]; ranges may be log. */
  begin({ x, y, xLog = false, yLog = false, xLabel = "", yLabel = "", xTicks, yTicks }) {
    const { left, right, top, bottom } = this.margin
    const [fullWidth, tall] = [this.width - left - right, this.height - top - bottom]
    const wide = this.square ? Math.min(fullWidth, tall) : fullWidth
    const start = left + (fullWidth - wide) / 2
    this.box = { left: start, right: start + wide, top, bottom: top + tall }
    const scale = ([low, high], log, from, to) => {
      const [a, b] = log ? [Math.log(low), Math.log(high)] : [low, high]
      const slope = (to - from) / (b - a)
      return {
        at: log ? v => from + (Math.log(v) - a) * slope : v => from + (v - a) * slope,
        of: log ? p => Math.exp(a + (p - from) / slope) : p => a + (p - from) / slope,
      }
    }
    this.x = scale(x, xLog, this.box.left, this.box.right)
    this.y = scale(y, yLog, this.box.bottom, this.box.top)
    this.range = { x, y }
    if (this.square) yTicks = xTicks ??= ticks(...x, 4)
    const axes = JSON.stringify([x, y, xLog, yLog, xLabel, yLabel, xTicks, yTicks, this.box])
    if (axes !== this.axes) {
      this.axes = axes
      const size = { x: this.box.left, y: top, width: wide, height: tall }
      for (const key in size) this.window.setAttribute(key, size[key])
      this.frame.replaceChildren(
        ...this.#axis(x, xLog, xTicks, xLabel, true),
        ...this.#axis(y, yLog, yTicks, yLabel, false),
      )
    }
    this.named = new Set()
  }

  #axis(range, log, marks, label, across) {
    const { left, right, top, bottom } = this.box
    marks ??= log ? decades(...range) : ticks(...range)
    const size = Math.max(...range.map(Math.abs)) / (range[1] - range[0])
    const digits = Math.max(6, Math.ceil(Math.log10(size)) + 2)
    const name = value => (log ? power(Math.round(Math.log10(value))) : text(value, digits))
    const nodes = marks.flatMap(value => {
      const at = near((across ? this.x : this.y).at(value))
      return across
        ? [
            svg("path", { d: `M${at} ${bottom}v4` }),
            svg("text", { x: at, y: bottom + 15, "text-anchor": "middle" }, name(value)),
          ]
        : [
            svg("path", { class: "gd-grid", d: `M${left} ${at}H${right}` }),
            svg("text", { x: left - 6, y: at + 4, "text-anchor": "end" }, name(value)),
          ]
    })
    const spine = across ? `M${left} ${bottom}H${right}` : `M${left} ${top}V${bottom}`
    const place = across
      ? { x: (left + right) / 2, y: bottom + 31, "text-anchor": "middle" }
      : { x: left - 38 < 2 ? 2 : left - 38, y: 12 }
    return [
      ...nodes,
      svg("path", { d: spine }),
      svg("text", { ...place, class: "gd-label" }, label),
    ]
  }

  /** End a picture: what it did not name is gone. */
  end() {
    for (const [key, node] of this.kept)
      if (!this.named.has(key)) {
        node.remove()
        this.kept.delete(key)
      }
  }

  /** The element under a key, made on first use, with these attributes. */
  put(key, name, attributes, layer = this.inside) {
    this.named.add(key)
    let node = this.kept.get(key)
    if (!node) {
      this.kept.set(key, (node = svg(name)))
      layer.append(node)
    }
    for (const one in attributes)
      if (node.getAttribute(one) !== String(attributes[one]))
        node.setAttribute(one, attributes[one])
    return node
  }

  /**
   * A line through points. What falls into one column of half a pixel is drawn as one
   * upright stroke, so that a thousand epochs to and fro cost no more than the width.
   */
  line(key, xs, ys, kind) {
    let d = ""
    let pen = "M"
    let [column, first, low, high, last] = [NaN, 0, 0, 0, 0]
    const flush = () => {
      if (Number.isNaN(column)) return
      d += `${pen}${column} ${first}`
      if (low < first) d += `V${low}`
      if (high > first) d += `V${high}`
      if (last !== first || low !== high) d += `V${last}`
      pen = "L"
      column = NaN
    }
    for (let i = 0; i < xs.length; i++) {
      const x = Math.round(bounded(this.x.at(xs[i])) * 2) / 2
      const y = near(bounded(this.y.at(ys[i])))
      if (Number.isNaN(x + y)) {
        flush()
        pen = "M"
      } else if (x === column) {
        low = Math.min(low, y)
        high = Math.max(high, y)
        last = y
      } else {
        flush()
        column = x
        first = low = high = last = y
      }
    }
    flush()
    this.put(key, "path", { class: "gd-line", "data-kind": kind, d })
  }

  /** A line that turns back and forth, broken at nan; repeated points are left out. */
  stairs(key, xs, ys, kind) {
    let d = ""
    let [old, pen] = ["", "M"]
    for (let i = 0; i < xs.length; i++) {
      const [x, y] = [near(bounded(this.x.at(xs[i]))), near(bounded(this.y.at(ys[i])))]
      const point = `${x} ${y}`
      if (Number.isNaN(x + y)) pen = "M"
      else if (pen === "M" || point !== old) {
        d += pen + point
        ;[old, pen] = [point, "L"]
      }
    }
    this.put(key, "path", { class: "gd-line", "data-kind": kind, d })
  }

  /** Dots, at most 300 of them, no two in one pixel. */
  dots(key, xs, ys, kind) {
    const seen = new Set()
    let d = ""
    for (let i = 0; i < xs.length && seen.size < 300; i++) {
      const x = Math.round(bounded(this.x.at(xs[i])) * 2) / 2
      const y = Math.round(bounded(this.y.at(ys[i])) * 2) / 2
      const place = `${x} ${y}`
      if (Number.isNaN(x + y) || seen.has(place)) continue
      seen.add(place)
      d += `M${place}h0`
    }
    this.put(key, "path", { class: "gd-dots", "data-kind": kind, d })
  }

  /** Rings around points. */
  rings(key, xs, ys, kind) {
    let d = ""
    for (let i = 0; i < xs.length; i++) {
      const [x, y] = [near(bounded(this.x.at(xs[i]))), near(bounded(this.y.at(ys[i])))]
      if (!Number.isNaN(x + y)) d += `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`
    }
    this.put(key, "path", { class: "gd-line", "data-kind": kind, d })
  }

  /** One mark: a disc, a ring or a square. */
  mark(key, x, y, shape, kind) {
    const [at, up] = [near(bounded(this.x.at(x))), near(bounded(this.y.at(y)))]
    const { left, right, top, bottom } = this.box
    const inside = at > left - 6 && at < right + 6 && up > top - 6 && up < bottom + 6
    if (!inside) return
    const style = { class: shape === "ring" ? "gd-mark gd-ring" : "gd-mark", "data-kind": kind }
    if (shape === "square")
      this.put(key, "rect", { ...style, x: at - 4.5, y: up - 4.5, width: 9, height: 9 }, this.above)
    else this.put(key, "circle", { ...style, cx: at, cy: up, r: shape === "ring" ? 6 : 4 }, this.above)
  }

  /** Words beside a point of the picture, or of the frame where `fixed`. */
  note(key, words, x, y, kind, { anchor = "start", dx = 0, dy = 0, fixed = false } = {}) {
    const place = {
      x: near((fixed ? x : bounded(this.x.at(x))) + dx),
      y: near((fixed ? y : bounded(this.y.at(y))) + dy),
      "text-anchor": anchor,
      class: "gd-note",
      "data-kind": kind,
    }
    const node = this.put(key, "text", place, this.above)
    if (node.textContent !== words) node.textContent = words
  }

  /** A straight line across (`y`) or up (`x`), dashed where `dashed`. */
  rule(key, { x, y }, kind, dashed = false) {
    const { left, right, top, bottom } = this.box
    const d =
      y === undefined
        ? `M${near(this.x.at(x))} ${bottom}V${top}`
        : `M${left} ${near(this.y.at(y))}H${right}`
    this.put(key, "path", { class: dashed ? "gd-rule gd-dashed" : "gd-rule", "data-kind": kind, d })
  }

  /** Where a pointer is, in the units of the axes. */
  locate(event) {
    const matrix = this.node.getScreenCTM()
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse())
    return { x: this.x.of(point.x), y: this.y.of(point.y), ...this.#inside(point) }
  }

  #inside({ x, y }) {
    const { left, right, top, bottom } = this.box
    return { inside: x >= left && x <= right && y >= top && y <= bottom }
  }
}

/** SVG renderers lose lines that lead millions of pixels away. */
const bounded = pixel => Math.min(20000, Math.max(-20000, pixel))
