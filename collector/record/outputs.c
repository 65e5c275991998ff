#include "outputs.h"

#include "base/mem.h"

void collector_outputs_release(struct collector_outputs *o)
{
    ak_buf_release(&o->text);
    ak_free(o->ends);
    *o = (struct collector_outputs){0};
}

void collector_outputs_end(struct collector_outputs *o)
{
    if (o->text.len > 0 && o->text.ptr[o->text.len - 1] != '\n') {
        ak_buf_putc(&o->text, '\n');
    }
    AK_GROW(o->ends, o->count + 1, o->cap);
    o->ends[o->count++] = o->text.len;
}
