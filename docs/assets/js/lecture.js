// The lecture's experiment in whole numbers, as on the page Nine scenarios: which of two
// runs ends nearer to the minimum is never a matter of rounding.

export const STARTS = 2001
const MINIMUM = 1250 // 0.5 is this one of the starts, which lie 0.002 apart from −2 to 2

/** How far a start is from the minimum, in steps of 0.002. */
export const distance = start => Math.abs(start - MINIMUM)

/** The starts, with the bits of np.linspace(-2, 2, 2001). */
export const place = start => start * 0.002 - 2

/**
 * The nine runs in the order in which the lecture draws their starts. `left` is the share
 * of the error that a run leaves, times 500¹⁰⁰⁰: a whole number.
 */
export const RUNS = [100, 10, 1].flatMap((thousandths, rate) =>
  [100, 500, 1000].map((epochs, budget) => ({
    lr: thousandths / 1000,
    epochs,
    rate,
    budget,
    left: BigInt(500 - thousandths) ** BigInt(epochs) * 500n ** BigInt(1000 - epochs),
  })),
)

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0)

/** The runs from the best to the worst; `run.truth` is the place, from 1 to 9. */
export const ORDER = RUNS.toSorted((a, b) => compare(a.left, b.left))
ORDER.forEach((run, i) => (run.truth = i + 1))

/**
 * For each run but the worst, and each distance at which it may start: the least distance
 * from which the next run ends farther away.
 */
const BEYOND = ORDER.slice(1).map((worse, i) => {
  let [better, own, other, d] = [ORDER[i].left, 0n, 0n, 0]
  return Uint16Array.from({ length: MINIMUM + 1 }, () => {
    for (; other <= own; other += worse.left) d++
    own += better
    return d
  })
})

/** Whether nine starts, one for each of RUNS, show all nine runs in strictly true order. */
export function inOrder(starts) {
  const apart = ORDER.map(run => distance(starts[RUNS.indexOf(run)]))
  return BEYOND.every((beyond, i) => apart[i + 1] >= beyond[apart[i]])
}

/** The runs from that which ends nearest to that which ends farthest away. */
export function ranking(starts) {
  const ends = new Map(RUNS.map((run, i) => [run, run.left * BigInt(distance(starts[i]))]))
  const order = ORDER.toSorted((a, b) => compare(ends.get(a), ends.get(b)))
  return order.map(run => ({ run, end: ends.get(run) }))
}

/**
 * How many of the 2001⁹ draws show the true order: run k at distance d can follow all
 * draws of the better runs that end nearer.
 */
export function count() {
  const times = Array(MINIMUM + 1).fill(0n)
  for (let start = 0; start < STARTS; start++) times[distance(start)]++
  let ways = times
  for (const beyond of BEYOND) {
    let [from, nearer, before] = [0, 0n, ways]
    ways = times.map((here, d) => {
      while (from <= MINIMUM && beyond[from] <= d) nearer += before[from++]
      return here * nearer
    })
  }
  return ways.reduce((sum, one) => sum + one)
}

/** The chance of the true order. */
export const chance = () => Number(count()) / Number(BigInt(STARTS) ** 9n)
