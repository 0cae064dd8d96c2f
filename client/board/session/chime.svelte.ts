/** Two soft tones, in Hz, one after the other. */
const tones = [659, 880];
const toneSeconds = 0.35;
/** Quiet: everybody in the room hears it from several devices. */
const loudness = 0.12;

/**
 * The sound at the end of a timer, made by the page itself. Browsers allow sound only after the person has pressed
 * something on the page, so the first press anywhere unlocks it. The owner must call `close`.
 */
export class Chime {
  /** `blocked`: the browser waits for a press. `none`: it cannot make sounds. */
  state: 'ready' | 'blocked' | 'none' = $state('blocked');
  #context: AudioContext | null = null;

  constructor() {
    if (typeof AudioContext === 'undefined') this.state = 'none';
    else if ('userActivation' in navigator && navigator.userActivation.hasBeenActive) this.#unlock();
    if (this.state === 'blocked')
      for (const event of presses) addEventListener(event, this.#unlock, { capture: true, passive: true });
  }

  play(): void {
    const context = this.#context;
    if (!context || this.state !== 'ready') return;
    tones.forEach((frequency, index) => {
      const at = context.currentTime + index * toneSeconds;
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = frequency;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(loudness, at + 0.03);
      gain.gain.exponentialRampToValueAtTime(0.001, at + 2 * toneSeconds);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + 2 * toneSeconds);
    });
  }

  close(): void {
    this.#stopListening();
    void this.#context?.close();
    this.#context = null;
  }

  readonly #unlock = (): void => {
    try {
      this.#context ??= new AudioContext();
    } catch {
      this.state = 'none';
      return;
    }
    const context = this.#context;
    void context.resume().then(() => {
      if (context.state !== 'running') return;
      this.state = 'ready';
      this.#stopListening();
    });
  };

  #stopListening(): void {
    for (const event of presses) removeEventListener(event, this.#unlock, { capture: true });
  }
}

const presses = ['pointerup', 'keydown'] as const;
