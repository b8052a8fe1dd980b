/**
 * What is asked of the thread that makes the content to be swapped in.
 */
export type StagingTask =
  | { readonly kind: 'add'; readonly writes: Uint8Array }
  /** The file is complete: it is closed after this, and `head` and `csn` are what it begins with. */
  | { readonly kind: 'finish'; readonly head: number; readonly csn: string };

export interface StagingWriterData {
  readonly path: string;
  readonly generation: string;
}
