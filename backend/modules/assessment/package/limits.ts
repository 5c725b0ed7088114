const MB = 1024 * 1024

/** What a package may hold before the whole of it is refused. */
export const packageLimits = {
  compressedBytes: 50 * MB,
  entries: 5_000,
  entryBytes: 50 * MB,
  totalBytes: 250 * MB,
  /** Uncompressed to compressed, for entries and packages big enough to do harm. */
  ratio: 100,
  ratioFromBytes: 1 * MB,
  nameCharacters: 500,
} as const

/** An XML file beyond this is no item; it is refused before it is read. */
export const xmlBytes = 10 * MB
export const tooLarge = 'XML of more than 10 MB'
