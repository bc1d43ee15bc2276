/** How this page is bundled: its pictures keep their names, because scripts load them. */

export const copies = ["pictures"];
