// What a reader made of a page's programs: kept until the window closes, and as a link.

const LIMIT = 100000
const DAMAGED = "The program in this link is damaged: part of it may be missing. Copy the link again."
const TOO_LONG = "The program in this link has more than 100,000 characters: that is too long."

const key = program => `gd-program ${location.pathname} ${program}`

/** The reader's code for the n-th program of the page, if the page's is still the same. */
export function kept(program, original) {
  try {
    const { from, code } = JSON.parse(sessionStorage.getItem(key(program)))
    if (from === original && typeof code === "string") return code
  } catch {
    // Nothing is kept, or nothing may be.
  }
}

/** Keep the reader's code, where that is possible. */
export function keep(program, original, code) {
  if (code === original) return drop(program)
  try {
    sessionStorage.setItem(key(program), JSON.stringify({ from: original, code }))
  } catch {
    drop(program) // Better the page's program than an old edit.
  }
}

/** Forget the reader's code. */
export function drop(program) {
  try {
    sessionStorage.removeItem(key(program))
  } catch {
    // Then there is nothing to forget.
  }
}

/** The address of this page with the reader's code for one of its programs. */
export async function linkTo(program, code) {
  if (code.length > LIMIT)
    throw new RangeError("A program of more than 100,000 characters is too long for a link.")
  const packed = new Blob([code]).stream().pipeThrough(new CompressionStream("deflate-raw"))
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer())
  const url = new URL(location.href)
  url.search = new URLSearchParams({ program, code: write(bytes) })
  url.hash = `program-${program}`
  return url.href
}

/** The program and the code that a link carries, if it does; `search` is its query. */
export async function fromLink(search) {
  const link = new URLSearchParams(search)
  if (!link.has("program") || !link.has("code")) return
  if (!/^[1-9]\d{0,5}$/.test(link.get("program"))) throw new RangeError(DAMAGED)
  return { program: Number(link.get("program")), code: await unpack(read(link.get("code"))) }
}

/** Bytes as text that an address may hold as it is (base64url). */
function write(bytes) {
  const text = Array.from(bytes, byte => String.fromCharCode(byte)).join("")
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

function read(text) {
  try {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
    return Uint8Array.from(plain, sign => sign.charCodeAt(0))
  } catch {
    throw new RangeError(DAMAGED)
  }
}

/**
 * Inflate a program. A few bytes may stand for millions: they are given out in small
 * portions, the next when the last is read, and no more once the program is too long.
 */
async function unpack(bytes) {
  let at = 0
  const portions = new ReadableStream(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close()
        controller.enqueue(bytes.subarray(at, (at += 256)))
      },
    },
    { highWaterMark: 0 },
  )
  const reader = portions.pipeThrough(new DecompressionStream("deflate-raw")).getReader()
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  let code = ""
  try {
    for (;;) {
      const { done, value } = await reader.read()
      code += decoder.decode(value, { stream: !done })
      if (code.length > LIMIT) break
      if (done) return code
    }
  } catch {
    throw new RangeError(DAMAGED)
  }
  reader.cancel().catch(() => {})
  throw new RangeError(TOO_LONG)
}
