import schema from "../../../fake_image_detection/report.schema.json";
import type { Report } from "../presentation/report.generated";
import { faultFinder } from "./schema";

const fault = faultFinder({ $ref: "#/$defs/Report", $defs: schema.$defs });

/** Whatever listens on the server's port need not be the server: nothing else may pass for its verdict. */
export function isReport(value: unknown): value is Report {
  return fault(value) === null;
}
