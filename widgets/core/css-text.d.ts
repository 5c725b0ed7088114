/** Vite hands a stylesheet over as minified text. */
declare module '*.css?inline' {
  const text: string
  // biome-ignore lint/style/noDefaultExport: Vite exports it so
  export default text
}
