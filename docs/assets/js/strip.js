// The strip of basins: along the axis of a plot each start in the colour of its fate.

import { FateColours } from "./fate-colours.js"
import { svg } from "./plot.js"

const EPOCHS = 300
const SLICE = 5 // ms of work, then let the page breathe

export class Strip {
  /** Put a strip into a plot; in another palette the explorable is drawn anew. */
  constructor(plot, explorable) {
    Object.assign(this, { plot, explorable })
    this.palette = new MutationObserver(() => explorable.refresh())
    this.palette.observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
  }

  end() {
    this.palette.disconnect()
    clearTimeout(this.later)
  }

  /** Colour the starts that the plot shows: coarse first, then fine, slice by slice. */
  draw(fn, lr, classify) {
    const { left, right } = this.plot.box
    const palette = document.body.dataset.mdColorScheme
    const key = [fn.name, lr, left, right, this.plot.range.x, palette].join()
    if (key === this.key) return
    this.key = key
    clearTimeout(this.later)
    const width = Math.ceil(right - left)
    const starts = Array.from({ length: width }, (_, i) => this.plot.x.of(left + i + 0.5))
    const colours = new FateColours(this.plot.node)
    const fates = []
    const known = (_, i) => fates[i] ?? fates[i & ~1] ?? fates[i & ~3] ?? fates[i & ~7] ?? 0
    let [i, size] = [0, 8]
    const go = () => {
      if (!this.explorable.live) return
      const end = performance.now() + SLICE
      while (size >= 1 && performance.now() < end) {
        fates[i] ??= classify(starts[i], lr, EPOCHS)
        if ((i += size) >= width) [i, size] = [0, size / 2]
      }
      this.#paint(starts.map(known), bits => colours.of(bits, fn.minima.length))
      if (size >= 1) this.later = setTimeout(go)
    }
    go()
  }

  #paint(fates, colourOf) {
    const { left, right, bottom } = this.plot.box
    const lines = new Map()
    let old
    for (const [i, bits] of fates.entries()) {
      const x = left + i
      const colour = `rgb(${colourOf(bits)})`
      const start = colour === old ? "" : `M${x} ${bottom - 5}`
      lines.set(colour, `${lines.get(colour) ?? ""}${start}h${Math.min(1, right - x)}`)
      old = colour
    }
    this.node?.remove()
    const paths = [...lines].map(([stroke, d]) => svg("path", { stroke, d }))
    this.node = svg("g", { class: "gd-strip" }, ...paths)
    this.plot.inside.before(this.node)
  }
}
