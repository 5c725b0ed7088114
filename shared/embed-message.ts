/** What the page inside an embed's frame tells the page around it; never anything about a person. */
export type EmbedMessage =
  | { readonly ns: 'edpsych'; readonly v: 1; readonly type: 'ready' }
  | { readonly ns: 'edpsych'; readonly v: 1; readonly type: 'resize'; readonly height: number }
  | { readonly ns: 'edpsych'; readonly v: 1; readonly type: 'gone' }
