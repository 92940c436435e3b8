import { OffscreenBrowser } from "./offscreen";
import { Server } from "./server";
import { start } from "./start";

start([new Server(), new OffscreenBrowser()]);
