// Where to begin on a function that the reader typed.

import { gradientDescent } from "./descent.js"

/** A start from which f can be followed, and a rate that suits f″ and the slope there. */
export function opening({ f, df, d2f, domain: [low, high], minima }) {
  const width = high - low
  const grain = 10 ** (Math.floor(Math.log10(width)) - 1)
  const starts = [0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.4, 0.6, 0.5].map(share =>
    Number((Math.round((low + share * width) / grain) * grain).toPrecision(12)),
  )
  const good = x => Number.isFinite(f(x)) && Math.abs(df(x)) > 0 && Math.abs(df(x)) < Infinity
  const nearest = x => minima.reduce((a, b) => (Math.abs(b - x) < Math.abs(a - x) ? b : a), minima[0])
  const fine = starts.filter(good)
  const x0 = fine.find(x => df(x) * (x - nearest(x)) > 0) ?? fine[0] ?? starts[0]
  const curvature = d2f(nearest(x0))
  const round = lr => Number(lr.toPrecision(1))
  let lr = round(curvature > 0 && curvature < Infinity ? Math.min(500, 0.2 / curvature) : 0.1)
  // No step out of the picture, and no run that leaves it.
  const leaves = rate => gradientDescent(df, x0, rate, 20).some(x => !(x > low - width && x < high + width))
  const slope = Math.abs(df(x0))
  while (lr * slope > width / 4 && slope < Infinity) lr = round(lr / 2)
  for (let k = 0; k < 5 && leaves(lr); k++) lr = round(lr / 3)
  return { x0, lr: lr || 0.1 }
}
