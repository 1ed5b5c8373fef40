// Fetches the files that the page's Python consists of, and lets none pass whose checksum
// is not the one that the site was made with.

/** A sentence for the reader: why Python could not be had. */
export class Unavailable extends Error {}

export class Downloads {
  /** `tell(got, total)` hears in bytes, as sent, how much has come; `total` may grow. */
  constructor(tell) {
    this.tell = tell
    this.files = new Map()
    this.parts = []
    this.told = 0
  }

  /**
   * The content of a file, fetched once. `about` is its `sha256` in hexadecimal and,
   * where they are known, its `size` and what it weighs `packed`, as it is sent.
   */
  get(address, about) {
    const url = String(address)
    if (!this.files.has(url)) {
      const part = { got: 0, size: about.size ?? 0, packed: about.packed ?? about.size ?? 0 }
      this.parts.push(part)
      const bytes = this.#verified(url, about, part)
      // One that fails is asked for again next time.
      bytes.catch(() => this.files.delete(url))
      this.files.set(url, bytes)
    }
    return this.files.get(url)
  }

  /** Let go of what was fetched: it has been taken in. */
  forget() {
    this.files.clear()
    this.parts = []
  }

  async #verified(url, about, part) {
    // A copy that a cache holds may be damaged: then once more, past all caches.
    for (const cache of ["default", "reload"]) {
      const bytes = await this.#fetched(url, about, part, cache)
      if (bytes) return bytes
    }
    throw new Unavailable(
      `${name(url)} from ${host(url)} is not the file that this site was made with: its checksum differs. It was not run. Try again later, or tell the site’s author.`,
    )
  }

  /** The bytes, or nothing if they are not the right ones. */
  async #fetched(url, { sha256 }, part, cache) {
    part.got = 0
    // Pages without https have no digest at hand; there the browser compares it itself.
    const native = !globalThis.crypto?.subtle
    const options = native ? { cache, integrity: `sha256-${base64(sha256)}` } : { cache }
    let answer
    try {
      answer = await fetch(url, options)
    } catch {
      const or = native ? ", or is not the file that this site was made with" : ""
      throw new Unavailable(
        `${name(url)} could not be fetched from ${host(url)}${or}. Perhaps this machine is offline, or the address is blocked here. Press Run to try again.`,
      )
    }
    if (!answer.ok)
      throw new Unavailable(
        `${host(url)} does not give out ${name(url)}: it answers ${answer.status}. Press Run to try again, or tell the site’s author.`,
      )
    const sent = Number(answer.headers.get("content-length"))
    part.size ||= sent
    part.packed ||= sent
    const pieces = []
    try {
      const reader = answer.body.getReader()
      for (let one; !(one = await reader.read()).done; ) {
        pieces.push(one.value)
        part.got += one.value.length
        this.#report()
      }
    } catch {
      throw new Unavailable(
        `The download of ${name(url)} broke off after ${megabytes(part.got)}. Press Run to try again.`,
      )
    }
    const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer())
    if (native) return bytes
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
    return [...digest].map(hex).join("") === sha256 ? bytes : undefined
  }

  #report() {
    const now = performance.now()
    if (now - this.told < 100) return
    this.told = now
    const sum = count => this.parts.reduce((all, part) => all + count(part), 0)
    const got = sum(({ got, size, packed }) => (size ? Math.min(1, got / size) * packed : got))
    this.tell(got, sum(({ packed, got }) => packed || got))
  }
}

export const megabytes = bytes => `${(bytes / 1e6).toFixed(bytes < 9.95e6 ? 1 : 0)} MB`

const hex = byte => byte.toString(16).padStart(2, "0")
const base64 = sum => btoa(sum.replace(/../g, pair => String.fromCharCode(parseInt(pair, 16))))
const name = url => new URL(url).pathname.split("/").pop()
const host = url => new URL(url).host
