/** Whether every instance of a behaviour is asked for, as by `make test-all` (tests/instances.py has the same for Python). */
export const EVERY_INSTANCE = process.env.EVERY_INSTANCE === "yes";
