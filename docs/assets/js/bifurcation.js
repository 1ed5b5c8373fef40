// The bifurcation diagram of the double well: where runs from c and −c settle, against
// the rate; and the rates at which something happens there.

import { gradientDescent } from "./descent.js"
import { classifier, unpack } from "./fates.js"
import { doubleWell } from "./functions.js"
import { factor } from "./theory.js"

const { df, d2f } = doubleWell
const { abs, log, max, min, round, sqrt } = Math

/** All that the diagram can show: rates from left to right, estimates from low to high. */
export const WHOLE = [0.9, 2.1, -1.5, 1.5]
export const NARROWEST = 1e-7

/** c, where the next estimate is highest among positive x. */
export const topOf = lr => sqrt((1 + lr) / (3 * lr))

/** e, the edge: outside of −e and e every run diverges. */
export const edgeOf = lr => sqrt((2 + lr) / lr)

/** The slope of the map, by which a step multiplies a small error. */
const slopeOf = (x, lr) => factor(lr, d2f(x))

// ------------------------------------------------------------------------ landmarks

/** How far from c a run from c is after n epochs. */
function back(lr, n) {
  const c = topOf(lr)
  let x = c
  for (let k = 0; k < n; k++) x -= lr * df(x)
  return x - c
}

/** The rate between two others at which a run from c is back after n epochs. */
function backAt(n, low, high) {
  const sign = back(low, n) > 0
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (back(middle, n) > 0 === sign) low = middle
    else high = middle
  }
  return low
}

/** Where chaos begins: the limit of the rates at which c is on a cycle of 2, 4, 8, … */
function onset() {
  let [last, lr, ratio] = [1 / 2, 3 / sqrt(2) - 1, 4.5]
  for (let n = 4; n <= 256; n *= 2) {
    const gap = (lr - last) / ratio
    const next = backAt(n, lr + 0.9 * gap, lr + 1.1 * gap)
    ratio = (lr - last) / (next - lr)
    ;[last, lr] = [lr, next]
  }
  return lr + (lr - last) / (ratio - 1)
}

const MERGE = (3 * sqrt(3)) / 2 - 1
const ONSET = onset()
const THREE = backAt(3, ONSET, MERGE)
const FOUR = sqrt((9 * (3 + sqrt(17))) / 8) - 1

/** Where to look, how it is called, and what happens there; the four of the page first. */
export const LANDMARKS = [
  { at: { lr: 1, view: WHOLE }, name: "1", what: "first splitting" },
  { at: { lr: sqrt(5) - 1, view: WHOLE }, name: "√5 − 1", what: "second splitting" },
  { at: { lr: MERGE, view: WHOLE }, name: "3√3/2 − 1", what: "the wells merge" },
  { at: { lr: 2, view: WHOLE }, name: "2", what: "the end" },
  { at: { lr: ONSET, view: [1.28, 1.32, 0.35, 1.2] }, name: "chaos", what: "chaos begins" },
  { at: { lr: THREE, view: [1.44, 1.48, 0, 1.3] }, name: "3 points", what: "3 points" },
  { at: { lr: FOUR, view: [1.8, 1.88, -1.5, 1.5] }, name: "4 points", what: "4 points" },
]

// ---------------------------------------------------------------------- the diagram

/** A view moved into the whole, and no larger than it. */
export function fit([left, right, low, high]) {
  const within = (from, to, least, most) => {
    const size = min(to - from, most - least)
    const start = max(least, min(from, most - size))
    return [start, start + size]
  }
  const view = [
    ...within(left, right, WHOLE[0], WHOLE[1]),
    ...within(low, high, WHOLE[2], WHOLE[3]),
  ]
  return view.every((one, i) => abs(one - WHOLE[i]) < 1e-9) ? WHOLE : view
}

const BLOCK = 16
const CHUNK = 4096

/**
 * A diagram of so many columns and rows, computed piece by piece. In each column runs
 * one descent from c. `hits` counts, column by column from the top, how often it and its
 * mirror image came to each row in the epochs last watched.
 */
export class Diagram {
  constructor(view, columns, rows) {
    const [left, right] = view
    const rate = (_, i) => left + ((i + 0.5) * (right - left)) / columns
    Object.assign(this, { view, columns, rows })
    this.rates = Float64Array.from({ length: columns }, rate)
    this.x = this.rates.map(topOf)
    this.hits = new Uint32Array(columns * rows)
    this.exponents = new Float64Array(columns).fill(NaN)
    // The closer the view, the longer the cycles in it, and the fewer points fall there.
    const closer = ((WHOLE[1] - WHOLE[0]) / (right - left)) ** 0.22
    this.rounds = [
      [300 * sqrt(closer), 150 * sqrt(closer)],
      [2000 * closer, 400 * closer],
      [4000 * closer, 3000 * closer],
    ].map(one => one.map(round))
  }

  /** Go on, in steps of at most a millisecond or two: [first, last] columns that are done. */
  *work() {
    const { columns, rows, rounds, hits } = this
    for (const [settle, watch] of rounds)
      for (let first = 0; first < columns; first += BLOCK) {
        const last = min(columns, first + BLOCK)
        for (let k = 0; k < settle; k += CHUNK) {
          this.#settle(first, last, min(CHUNK, settle - k))
          yield
        }
        hits.fill(0, first * rows, last * rows)
        const logs = new Float64Array(BLOCK)
        for (let k = 0; k < watch; k += CHUNK) {
          this.#watch(first, last, min(CHUNK, watch - k), logs)
          yield
        }
        for (let i = first; i < last; i++)
          this.exponents[i] = abs(this.x[i]) < 2 ? logs[i - first] / watch : NaN
        yield [first, last]
      }
  }

  #settle(first, last, epochs) {
    const { x, rates } = this
    for (let k = 0; k < epochs; k++)
      for (let i = first; i < last; i++) x[i] -= rates[i] * df(x[i])
  }

  #watch(first, last, epochs, logs) {
    const { x, rates, hits, rows, view: [, , low, high] } = this
    const scale = rows / (high - low)
    for (let i = first; i < last; i++) {
      const [lr, top] = [rates[i], i * rows]
      let [now, product] = [x[i], 1]
      for (let k = 1; k <= epochs; k++) {
        now -= lr * df(now)
        product *= slopeOf(now, lr)
        if (k % 8 === 0 || k === epochs) {
          logs[i - first] += log(abs(product))
          product = 1
        }
        const row = (high - now) * scale
        if (row >= 0 && row < rows) hits[top + (row | 0)]++
        const mirrored = (high + now) * scale
        if (mirrored >= 0 && mirrored < rows) hits[top + (mirrored | 0)]++
      }
      x[i] = now
    }
  }
}

// ------------------------------------------------------------------- one run from c

const SETTLE = 20000
const WATCH = 4000
const judge = classifier(doubleWell)

/**
 * What the run from c does, in the words of fates.js. `path` are estimates after it has
 * settled, or until it diverges; `points` are one round of a cycle, or the minimum, and
 * `multiplier` is what a round multiplies a small error by.
 */
export function fateOf(lr) {
  const { kind, number, epoch } = unpack(judge(topOf(lr), lr, SETTLE))
  const whole = gradientDescent(df, topOf(lr), lr, SETTLE + WATCH)
  if (kind === "diverges") return { kind, path: whole.subarray(0, epoch) }
  const path = whole.subarray(SETTLE)
  const exponent = path.reduce((sum, x) => sum + log(abs(slopeOf(x, lr))), 0) / path.length
  const round = { arrives: 1, cycles: number }[kind]
  const points = round && path.subarray(0, round)
  const multiplier = points?.reduce((all, x) => all * slopeOf(x, lr), 1)
  return { kind, points, multiplier, exponent, path }
}
