// What becomes of a run: gd_tutorial/fates.py for one start and one rate.

const { abs, max, min } = Math

const TOLERANCE = 1e-6
const FAR = 1e9
const LONGEST = 64
const MUCH = 1e6
const HIDDEN = 2 ** -50

/** The names of the fates, each at its code. The code 0 is of what is not yet known. */
export const KINDS = [
  "",
  "arrives",
  "diverges",
  "cycles",
  "chaos",
  "stays",
  "undecided",
]
const [, ARRIVES, DIVERGES, CYCLES, CHAOS, STAYS, UNDECIDED] = KINDS.keys()

/** A fate in 32 bits: 3 of kind, 8 of number, 21 of epoch. */
const pack = (kind, number, epoch) =>
  ((kind << 29) | (min(number, 255) << 21) | epoch) >>> 0

/** The fate that 32 bits hold. */
export const unpack = bits => ({
  kind: KINDS[bits >>> 29],
  number: (bits >>> 21) & 255,
  epoch: bits & 0x1fffff,
})

/** For a function of the gallery: (x0, lr, epochs) to a fate in 32 bits. */
export function classifier({ df, d2f, minima }) {
  const count = minima.length
  const limits = minima.map(x => 2 / abs(d2f(x)))
  const exact = minima.map(x => (df(x) === 0 ? 0 : -1))

  // What a step multiplies small distances by.
  const slope = (x, lr) => {
    const curvature = d2f(x)
    return lr === 2 / curvature ? -1 : 1 - lr * curvature
  }

  // Is x on a cycle of p points, or so near that the run closes in?
  const returns = (x, lr, p, gap) => {
    let y = x
    let product = 1
    let blur = 0
    for (let i = 0; i < p; i++) {
      const here = slope(y, lr)
      product *= here
      blur = abs(here) * blur + HIDDEN * abs(y)
      y -= lr * df(y)
    }
    let z = y
    let again = 1
    for (let i = 0; i < p; i++) {
      again *= slope(z, lr)
      z -= lr * df(z)
    }
    const miss = abs(y - x)
    const left = 1 - abs(product)
    const closes =
      left > 0 &&
      abs(again - product) + p * HIDDEN <= (left * left) / 4 &&
      abs(z - y - product * (y - x)) <= (left / 4) * miss + blur
    if (p === 1)
      return miss === 0 || (closes && miss <= left * (TOLERANCE / 4))
    const apart = gap * abs(left) > 16 * (miss + blur)
    const recurs = miss === 0
    return (apart && (closes || recurs)) || (left === 0 && recurs)
  }

  return (x0, lr, epochs) => {
    const half = epochs >> 1
    let x = x0
    let seen = Infinity
    let since = -1
    let gap = Infinity
    let step = 0
    let first = 0
    let middle = 0
    let stretched = 0
    for (let k = 0; ; k++) {
      if (!(abs(x) <= FAR)) return pack(DIVERGES, 0, k)
      for (let i = 0; i < count; i++)
        if (abs(x - minima[i]) <= (lr <= limits[i] ? TOLERANCE : exact[i]))
          return pack(ARRIVES, i, k)
      const miss = abs(x - seen)
      if (miss < gap) {
        const p = k - since
        if (p === 1 ? miss <= TOLERANCE / 4 : 16 * miss < gap)
          if (returns(seen, lr, p, gap))
            return p === 1 ? pack(STAYS, 0, k) : pack(CYCLES, p, k)
        gap = miss
      }
      if (k === since + max(1, min(since, LONGEST))) {
        seen = x
        since = k
        gap = Infinity
      }
      if (k === epochs) break
      step = lr * df(x)
      if (k === half) {
        middle = x
        first = stretched = step
      }
      if (k >= half) stretched *= slope(x, lr)
      x -= step
    }
    if (abs(stretched) > MUCH * (abs(middle) + abs(x)))
      return pack(CHAOS, 0, epochs)
    return pack(UNDECIDED, abs(step) < abs(first) ? 1 : 0, epochs)
  }
}

/**
 * The rate and the start of a pixel, at its middle: column i from the left, row j from
 * the top of a map of width × height pixels with lr = [left, right], x0 = [bottom, top].
 */
export const rateAt = ({ lr: [left, right], width }, i) =>
  left + ((right - left) * (i + 0.5)) / width
export const startAt = ({ x0: [bottom, top], height }, j) =>
  top + ((bottom - top) * (j + 0.5)) / height
