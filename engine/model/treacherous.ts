// Which characters of text that somebody else wrote may not be shown as they are. Each place that shows some decides what stands for them.

/**
 * C0 and C1 controls, the line separators, halves of characters, and what is invisible or reorders text, fillers and tags included. What chooses the look of the
 * character before it (as in "⚠️") stays there; after plain letters or another of its kind it shows nothing, and hides.
 */
export const TREACHEROUS =
  /[[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]--[\uFE00-\uFE0F]]|(?<=^|[\p{ASCII}\uFE00-\uFE0F])[\uFE00-\uFE0F]/gv
