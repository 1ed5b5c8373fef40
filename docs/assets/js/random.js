// NumPy's random numbers: np.random.default_rng(seed).integers(0, count), bit for bit,
// so that a seed draws here what it draws in the programs of the pages.

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n

/** NumPy's SeedSequence(seed).generate_state(8) for a seed below 2³²: O'Neill's mixing. */
function words(seed) {
  const hasher = (start, factor) => value => {
    value ^= start
    start = Math.imul(start, factor)
    value = Math.imul(value, start)
    return value ^ (value >>> 16)
  }
  const hash = hasher(0x43b0d7e5, 0x931e8875)
  const mix = (x, y) => {
    const mixed = Math.imul(x, 0xca01f9dd) - Math.imul(y, 0x4973f715)
    return mixed ^ (mixed >>> 16)
  }
  const pool = [seed, 0, 0, 0].map(hash)
  for (let from = 0; from < 4; from++)
    for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mix(pool[to], hash(pool[from]))
  return [...pool, ...pool].map(hasher(0x8b51f9dd, 0x58f38ded)).map(word => BigInt(word >>> 0))
}

export class Generator {
  /** PCG64, seeded with a whole number below 2³². */
  constructor(seed) {
    const [a, b, c, d, e, f, g, h] = words(seed)
    const wide = parts => parts.reduce((all, part) => (all << 32n) | part)
    this.step = BigInt.asUintN(128, (wide([f, e, h, g]) << 1n) | 1n)
    this.state = this.step + wide([b, a, d, c])
    this.#advance()
  }

  #advance() {
    this.state = BigInt.asUintN(128, this.state * MULTIPLIER + this.step)
  }

  /** 32 random bits: each 64 serve twice, the low half first. */
  bits() {
    if (this.kept !== undefined) {
      const { kept } = this
      this.kept = undefined
      return kept
    }
    this.#advance()
    const mixed = BigInt.asUintN(64, (this.state >> 64n) ^ this.state)
    const turn = this.state >> 122n
    const turned = BigInt.asUintN(64, (mixed >> turn) | (mixed << (64n - turn)))
    this.kept = Number(turned >> 32n)
    return Number(BigInt.asUintN(32, turned))
  }

  /** A whole number from 0 to count − 1, each equally likely: Lemire's method. */
  integer(count) {
    const size = 2 ** 32
    for (;;) {
      const product = this.bits() * count
      const high = Math.floor(product / size)
      if (product - high * size >= size % count) return high
    }
  }
}
