/**
 * Joins the deck and the speaker's window: both are pages of this origin, and talk by a
 * BroadcastChannel. Reveal's own notes write scripts into a window, which our Content-Security-Policy
 * refuses.
 */

export const channel = new BroadcastChannel("workshop-slides");

/** S opens the speaker's window; it is told where the deck is, and may turn pages. */
export function speakerWindow(deck) {
  const tell = () => channel.postMessage({ at: deck.getSlidePastCount() });
  deck.on("slidechanged", tell);
  channel.onmessage = ({ data }) => {
    if (data.ask) tell();
    if (data.turn > 0) deck.next();
    if (data.turn < 0) deck.prev();
  };
  deck.addKeyBinding({ keyCode: 83, key: "S", description: "Speaker's notes" }, () => {
    window.open("speaker.html", "speaker", "popup,width=1100,height=760");
  });
}
