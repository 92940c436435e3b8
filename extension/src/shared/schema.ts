import { Validator } from "@cfworker/json-schema";

/** Gives a function that tells where and how a value breaks the schema; null where it does not. */
export function faultFinder(schema: object): (value: unknown) => string | null {
  // It interprets the schema; a validator that compiles it would need eval, which an extension is denied.
  const validator = new Validator(schema, "2020-12");
  return (value) => {
    const { errors } = validator.validate(value);
    // The innermost fault comes last; that something is not allowed at all is told better by the one before.
    const innermost = errors.findLast(({ keyword }) => keyword !== "false");
    return innermost ? `${innermost.instanceLocation.slice(1) || "/"}: ${innermost.error}` : null;
  };
}
