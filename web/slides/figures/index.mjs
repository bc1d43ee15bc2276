/** All figures by name. */

import * as uses from "./uses.mjs";
import * as foundation from "./foundation.mjs";
import * as seeing from "./seeing.mjs";
import * as building from "./building.mjs";
import * as images from "./images.mjs";
import * as thinking from "./thinking.mjs";

export const figures = { ...uses, ...foundation, ...seeing, ...building, ...images, ...thinking };
