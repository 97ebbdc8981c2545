/* Where a row of firmware or generation behaviour comes from: captured, documented, read in a
 * peer's code, or guessed. Guesses are counted by the lint and never make a verdict certain. */
#pragma once

enum source { SRC_C, SRC_D, SRC_P, SRC_G };
