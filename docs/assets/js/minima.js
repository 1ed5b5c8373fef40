// Where a function has its minima, and which part of it to look at: found by sampling.
//
// A change of the sign of f′ from − to + is narrowed down to neighbouring floats. Missed
// is a minimum where f′ changes its sign twice between two samples, one beyond ±4000,
// and one at an end of the domain, as that of √x at 0.

// So many turns are too many to draw; so few are shown all together.
const MANY = 150
const FEW = 12

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

/** The minimum between a, where f falls, and b, where f rises; or undefined. */
export function minimum(f, df, a, b) {
  let [left, right] = halve(a, b, x => df(x) < 0)
  if (!(df(right) > 0)) right = halve(right, b, x => !(df(x) > 0))[1]
  const steeper = Math.abs(df(left)) - Math.abs(df(right)) || f(left) - f(right)
  const x = shortest(left, right) ?? (steeper < 0 ? left : right)

  const settles = end => {
    const at = t => x + t * (end - x)
    // Rounding errors of a slope that is 0 have both signs.
    for (let t = 1; t > 0; t -= 1 / 32) if (df(at(t)) * (end - x) < 0) return false
    // At a pole or a jump f does not settle. At a minimum it changes less with each
    // step that brings x a million times nearer.
    const [y0, y1, y2, y] = [1, 2 ** -20, 2 ** -40, 0].map(t => f(at(t)))
    const noise = 1e-12 * (Math.abs(y0) + Math.abs(y))
    const most = 0.9 * (y0 - y1) + noise
    return Number.isFinite(y) && y1 - y2 <= most && y2 - y <= most && y2 - y >= -noise
  }
  return settles(a) && settles(b) ? x : undefined
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

/** Points [x, f(x)] from lo to hi where f is finite, there and beside it. */
function finite(f, lo, hi) {
  const xs = Array.from({ length: 201 }, (_, k) => lo + ((hi - lo) * k) / 200)
  const points = xs.map(x => [x, f(x)])
  const fine = k => Number.isFinite(points[k]?.[1])
  return points.filter((_, k) => fine(k) && (fine(k - 1) || fine(k + 1)))
}

function height(f, lo, hi) {
  const ys = finite(f, lo, hi).map(([, y]) => y)
  return Math.max(...ys) - Math.min(...ys)
}

/** The interval to look at: round, f finite in it, all turns in it and some room. */
function view(f, { turns, far }) {
  const places = turns.map(([a, b]) => (a + b) / 2)
  const [first, last] = [places[0], places.at(-1)]
  let [middle, half, most] = [0, far, far]
  if (turns.length > 1) [middle, half] = [(first + last) / 2, last - first]
  else if (turns.length) [middle, half, most] = [Math.abs(first) > 2 && first, 4, 1e4]
  // Where the ends tower above the middle, the middle is what there is to see.
  for (const many of [10, 50]) {
    const [all, some] = [half, half / 2].map(r => height(f, middle - r, middle + r))
    const within = places.every(x => Math.abs(x - middle) < half / 2)
    if (within && some > 0 && all > many * some) half /= 2
  }
  const points = finite(f, Math.max(-most, middle - half), Math.min(most, middle + half))
  if (!points.length) return [-far, far]
  const [left, right] = [points[0][0], points.at(-1)[0]]
  const step = 10 ** Math.floor(Math.log10(right - left)) / 10
  const round = (x, up) => Number((up(x / step) * step).toPrecision(12))
  return [round(left + step / 100, Math.floor), round(right - step / 100, Math.ceil)]
}

/**
 * f″, and at a minimum what functions.js has there: ∞ where f has a kink, or bends
 * without bound; a quotient of slopes where f″ comes out as nan.
 */
export function bending(df, d2f, minima) {
  const found = new Map()
  for (const x of minima) {
    const [far, near, next] = [12, 16, 20].map(k => {
      const h = Math.max(1, Math.abs(x)) * 2 ** -k
      return (df(x + h) - df(x - h)) / (2 * h)
    })
    const exact = d2f(x)
    if (near > 2 * far && next > 2 * near && !(2 * exact > next)) found.set(x, Infinity)
    else if (Number.isNaN(exact)) found.set(x, next)
  }
  return found.size ? x => found.get(x) ?? d2f(x) : d2f
}

/** What functions.js says of a function: an interval to look at, and the minima. */
export function survey(f, df, samples = 4000) {
  // Where few samples are taken, each is dear, and so is each turn.
  const many = Math.min(MANY, samples / 20)
  const look = far => {
    let turns = turnsBetween(f, df, -far, far, samples)
    // Where there are too many, look more closely.
    for (let k = 0; k < Math.min(5, samples / 150) && turns.length > many; k++) {
      const gap = (turns.at(-1)[0] - turns[0][0]) / turns.length
      const [x] = turns.reduce((a, b) => (Math.abs(b[0]) < Math.abs(a[0]) ? b : a))
      turns = turnsBetween(f, df, x - 6 * gap, x + 6 * gap, samples)
    }
    const minima = turns
      .map(([a, b, fell]) => (fell ? minimum(f, df, a, b) : undefined))
      .filter(x => x !== undefined)
    return { far, turns, minima }
  }

  const seen = [look(4), look(40)]
  const [near, wide] = seen
  const more = wide.turns.length > near.turns.length && wide.turns.length <= FEW
  for (const far of [400, 4000]) if (!seen.at(-1).minima.length) seen.push(look(far))
  const best =
    (more && wide) ||
    seen.find(one => one.minima.length) ||
    seen.find(one => one.turns.length) ||
    seen.find(one => finite(f, -one.far, one.far).length > 50) ||
    near
  return { domain: view(f, best), minima: best.minima }
}
