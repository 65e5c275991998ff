#include "reporter/pprof_color.h"

#include <math.h>

uint32_t ak_pprof_color(double share, bool background)
{
    const double shift = 0.3; /* exponent: small shares are told apart */
    double saturation = background ? 0.1 : 1.0;
    const double value = background ? 0.93 : 0.7;
    share = fmax(-1.0, fmin(1.0, share));
    if (fabs(share) < 0.2) {
        saturation *= fabs(share) / 0.2; /* grey, not yellow, near zero */
    }
    if (share > 0.0) {
        share = share == 1.0 ? 1.0 : exp(shift * log(share));
    } else if (share < 0.0) {
        share = share == -1.0 ? -1.0 : -exp(shift * log(-share));
    }
    double r = value, g = value;
    if (share < 0.0) {
        r = value * (1 + saturation * share);
    } else {
        g = value * (1 - saturation * share);
    }
    const double b = value * (1 - saturation);
    return (uint32_t)(uint8_t)(r * 255.0) << 16 | (uint32_t)(uint8_t)(g * 255.0) << 8 |
           (uint32_t)(uint8_t)(b * 255.0);
}
