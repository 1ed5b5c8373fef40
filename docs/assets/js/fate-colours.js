// The colours of fates: the minimum that a run arrives at, or what else becomes of it.

import { unpack } from "./fates.js"
import { text } from "./numbers.js"

/** Which colours the minima of a function have, from left to right. */
const SERIES = { 1: [1], 2: [5, 1], 6: [2, 5, 3, 1, 6, 4] }
// In full: the build keeps the properties whose names stand somewhere.
const SERIES_COLOURS = [
  "--gd-series1",
  "--gd-series2",
  "--gd-series3",
  "--gd-series4",
  "--gd-series5",
  "--gd-series6",
]
const SLOW = Math.log(301)
/** The colours of the cycles that are met most; all others share one. */
const CYCLES = {
  2: ({ start }) => start,
  3: ({ series4 }) => series4,
  4: ({ start, paper }) => mix(start, paper, 0.4),
  6: ({ series4, paper }) => mix(series4, paper, 0.35),
  8: ({ start, paper }) => mix(start, paper, 0.65),
}

const channels = hex => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16))
const mix = (a, b, share) => a.map((one, i) => Math.round(one + (b[i] - one) * share))

export class FateColours {
  /** Take the colours of the palette in force. */
  constructor(element) {
    const style = getComputedStyle(element)
    const colour = name => channels(style.getPropertyValue(name).trim())
    this.series = ["--gd-ink", ...SERIES_COLOURS].map(colour)
    this.paper = colour("--gd-paper")
    this.grid = colour("--gd-grid")
    this.ink = colour("--gd-ink")
    this.muted = colour("--gd-muted")
    this.start = colour("--gd-start")
    this.series4 = colour("--gd-series4")
    this.lost = colour("--gd-divergence")
    this.kept = new Map()
  }

  /** The colour of a fate in 32 bits, as [red, green, blue]: paler where it took longer. */
  of(bits, minima) {
    let made = this.kept.get(bits)
    if (!made) this.kept.set(bits, (made = this.#mixed(unpack(bits), minima)))
    return made
  }

  #mixed({ kind, number, epoch }, minima) {
    const late = Math.min(1, Math.log(1 + epoch) / SLOW)
    if (kind === "arrives") {
      const places = SERIES[minima] ?? [1, 5, 3, 2, 6, 4]
      return mix(this.series[places[number % places.length]], this.paper, 0.65 * late)
    }
    if (kind === "cycles")
      return CYCLES[number]?.(this) ?? mix(this.series4, this.paper, 0.6)
    if (kind === "chaos") return this.ink
    if (kind === "stays") return this.lost
    if (kind === "diverges") return mix(this.grid, this.paper, 0.6 * late)
    if (kind === "undecided") return mix(this.muted, this.paper, 0.35)
    return this.paper
  }
}

/** What a colour stands for, in the words of the legend. */
export function fateName(bits, minima) {
  const { kind, number } = unpack(bits)
  if (kind === "arrives") return `ends at ${text(minima[number])}`
  if (kind === "cycles") return CYCLES[number] ? `a cycle of ${number}` : "another cycle"
  return kind === "undecided" ? "not decided in 300 epochs" : kind
}
