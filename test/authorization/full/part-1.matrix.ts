import { askPart } from "./ask-part.ts";

askPart(1);
