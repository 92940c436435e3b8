import { InBrowser } from "../detector/in-browser";
import { Server } from "./server";
import { start } from "./start";

// Firefox has no offscreen documents, but its background is a page that can hold the network itself.
start([new Server(), new InBrowser()]);
