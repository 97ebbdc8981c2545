/* The clock: real, or fake for the in-process world. Callers read it once per callback and do
 * not store it. Only clk.c may ask the system. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

int64_t clk_mono_ms(void); /* monotonic */
int64_t clk_mono_us(void);
int64_t clk_unix_ms(void); /* wall */
/* From here on both clocks stand still and move only by clk_fake_advance_ms. */
void clk_fake_start(int64_t unix_ms);
void clk_fake_advance_ms(int64_t ms);
void clk_fake_step_unix_ms(int64_t ms); /* somebody sets the wall clock: either way */
void clk_fake_stop(void);
bool clk_is_fake(void);
/* Monotonic and never fake, for one purpose: a deadline that the kernel waits for. */
int64_t clk_real_mono_ms(void);
int64_t clk_cpu_us(void); /* CPU time of the process, for figures */
/* "2031-05-02T09:14:07.120Z"; times outside the years 1 to 9999 print as the nearest one inside. */
#define CLK_TEXT_SIZE 25
void clk_print_unix_ms(int64_t unix_ms, char out_text[CLK_TEXT_SIZE]);
