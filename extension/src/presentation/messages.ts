import english from "../../static/_locales/en/messages.json";

export type Key = keyof typeof english;

/** One text as browsers keep it in `_locales`: $NAME$ stands for a placeholder, whose content is $1, $2 and so on. */
interface Message {
  message: string;
  description?: string;
  placeholders?: Record<string, { content: string }>;
}

export type Messages = Record<string, Message>;

let spoken: { language: string; messages: Messages } = { language: "en", messages: english };

/** From now on texts are in this language (a BCP 47 tag); what its messages lack stays English. */
export function speak(language: string, messages: Messages): void {
  spoken = { language, messages };
}

export function language(): string {
  return spoken.language;
}

/** The text of that name, with the values in the places of its placeholders. */
export function say(key: Key, ...values: (string | number)[]): string {
  const { message, placeholders = {} }: Message = spoken.messages[key] ?? english[key];
  return message.replace(/\$(\w+)\$/g, (written, name: string) => {
    const content = placeholders[name.toLowerCase()]?.content ?? written;
    return content.replace(/\$(\d)/g, (_, at: string) => String(values[Number(at) - 1] ?? ""));
  });
}

/** The text of a name that is put together from a code, or null where there is none for this code. */
export function sayOf(prefix: string, code: string, ...values: string[]): string | null {
  const key = `${prefix}_${code}`;
  return key in english ? say(key as Key, ...values) : null;
}

/** A share that was measured, to a tenth of a percent. */
export function rate(share: number): string {
  return new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 1 }).format(share);
}

/** Nothing is ever certain, so the ends of the scale are never claimed. */
export function percent(probability: number): string {
  const shown = (share: number): string =>
    new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(share);
  if (probability < 0.01) return say("under", shown(0.01));
  if (probability > 0.99) return say("over", shown(0.99));
  return shown(probability);
}
