// Where a function has its minima, and which part of it to show: by looking.
//
// f′ is sampled, and each change of its sign from − to + is narrowed down to
// neighbouring floats. So a minimum is missed where f′ changes its sign twice between
// two samples, beyond ±4000, and at an end of the domain, as that of √x at 0.

const MANY = 150
const FEW = 13

/** Neighbours between a and b: the test is true of the first, not of the second. */
function halve(a, b, test) {
  for (;;) {
    const middle = a / 2 + b / 2
    if (!(a < middle && middle < b)) return [a, b]
    if (test(middle)) a = middle
    else b = middle
  }
}

/** The shortest number between two. */
function shortest(a, b) {
  if (a < 0 && b > 0) return 0
  for (let digits = 1; digits < 18; digits++) {
    const short = Number((a / 2 + b / 2).toPrecision(digits))
    if (a < short && short < b) return short
  }
}

/**
 * The minimum between a, where f falls, and b, where f rises; or undefined.
 *
 * At a pole or a jump f does not settle as x comes nearer: at a minimum each
 * millionfold step changes f less than the one before.
 */
export function minimum(f, df, a, b) {
  let [left, right] = halve(a, b, x => df(x) < 0)
  if (!(df(right) > 0)) right = halve(right, b, x => !(df(x) > 0))[1]
  const steeper = Math.abs(df(left)) - Math.abs(df(right)) || f(left) - f(right)
  const x = shortest(left, right) ?? (steeper < 0 ? left : right)
  const settles = [a, b].every(end => {
    const near = [1, 2 ** -20, 2 ** -40, 0].map(t => f(x + t * (end - x)))
    const [first, second, third] = [0, 1, 2].map(k => near[k] - near[k + 1])
    const noise = 1e-12 * (Math.abs(near[0]) + Math.abs(near[3]))
    const most = 0.9 * first + noise
    return second <= most && third <= most && third >= -noise && Number.isFinite(near[3])
  })
  return settles ? x : undefined
}

/** Where f′ changes its sign between lo and hi: [a, b, whether f falls at a]. */
function turnsBetween(f, df, lo, hi, samples) {
  const turns = []
  let from, fell
  for (let k = 0; k <= samples; k++) {
    const x = lo + ((hi - lo) * k) / samples
    const slope = df(x)
    if (Number.isNaN(f(x))) fell = undefined
    else if (slope < 0 || slope > 0) {
      if (fell === slope > 0) turns.push([from, x, fell])
      fell = slope < 0
      from = x
    }
  }
  return turns
}

/** f at 201 points from lo to hi, from its first to its last run of finite values. */
function finite(f, lo, hi) {
  const points = Array.from({ length: 201 }, (_, k) => lo + ((hi - lo) * k) / 200).map(
    x => [x, f(x)],
  )
  const fine = k => Number.isFinite(points[k]?.[1])
  return points.filter((_, k) => fine(k) && (fine(k - 1) || fine(k + 1)))
}

const range = points => {
  const heights = points.map(([, y]) => y)
  return Math.max(...heights) - Math.min(...heights)
}

/** The interval to look at: round, f finite in it, all turns in it and some room. */
function view(f, turns, far) {
  const places = turns.map(([a, b]) => (a + b) / 2)
  const [first, last] = [places[0], places.at(-1)]
  let [middle, half] = [0, far]
  if (turns.length > 1) [middle, half] = [(first + last) / 2, last - first]
  else if (turns.length) [middle, half] = [Math.abs(first) > 2 ? first : 0, 4]
  // Where the ends tower above the middle, the middle is what there is to see.
  for (const many of [10, 50]) {
    const inner = half / 2
    const within = places.every(x => Math.abs(x - middle) < inner)
    const [all, some] = [half, inner].map(r => range(finite(f, middle - r, middle + r)))
    if (within && all > many * some) half = inner
  }
  const inside = x => (turns.length > 1 ? Math.min(far, Math.max(-far, x)) : x)
  const points = finite(f, inside(middle - half), inside(middle + half))
  if (!points.length) return [-far, far]
  const [left, right] = [points[0][0], points.at(-1)[0]]
  const step = 10 ** Math.floor(Math.log10(right - left)) / 10
  const round = (x, up) => Number((up(x / step) * step).toPrecision(12))
  return [round(left + step / 100, Math.floor), round(right - step / 100, Math.ceil)]
}

/** What functions.js says of a function: an interval to look at, and the minima. */
export function survey(f, df, samples = 4000) {
  const found = far => {
    let turns = turnsBetween(f, df, -far, far, samples)
    // A function that turns too often to be drawn is looked at more closely.
    for (let k = 0; k < 5 && turns.length > MANY; k++) {
      const gap = (turns.at(-1)[0] - turns[0][0]) / turns.length
      const [x] = turns.reduce((a, b) => (Math.abs(b[0]) < Math.abs(a[0]) ? b : a))
      turns = turnsBetween(f, df, x - 6 * gap, x + 6 * gap, samples)
    }
    const minima = turns
      .filter(([, , fell]) => fell)
      .map(([a, b]) => minimum(f, df, a, b))
      .filter(x => x !== undefined)
    return { far, turns, minima }
  }

  const near = found(4)
  const seen = [near]
  for (const far of [40, 400, 4000]) {
    if (far > 40 && seen.at(-1).minima.length) break
    seen.push(found(far))
  }
  const wide = seen[1]
  const few = wide.turns.length > near.turns.length && wide.turns.length < FEW
  const best =
    (few ? wide : undefined) ??
    seen.find(one => one.minima.length) ??
    seen.find(one => one.turns.length) ??
    seen.find(one => finite(f, -one.far, one.far).length) ??
    near
  return { domain: view(f, best.turns, best.far), minima: best.minima }
}
