#include "base/plugin.h"
#include "pprof/disasm_table.h"

#include <capstone/capstone.h>
#include <stdio.h>

static cs_err open_engine(const struct disasm_code *code, csh *out)
{
    const cs_err err =
        code->arch == DISASM_ARM64
            ? cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, out)
            : cs_open(CS_ARCH_X86, code->arch == DISASM_X86_64 ? CS_MODE_64 : CS_MODE_32, out);
    if (err == CS_ERR_OK && code->arch != DISASM_ARM64 && !code->intel_syntax) {
        cs_option(*out, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
    }
    return err;
}

static enum ak_status run(const struct disasm_code *code,
                          void (*visit)(void *ctx, uint64_t address, struct ak_str text), void *ctx,
                          struct ak_error *err)
{
    csh engine;
    const cs_err opened = open_engine(code, &engine);
    if (opened != CS_ERR_OK) {
        return ak_fail(err, AK_UNSUPPORTED, "disassembler: %s", cs_strerror(opened));
    }
    cs_insn *insn = cs_malloc(engine);
    const uint8_t *at = code->bytes;
    size_t left = code->size;
    uint64_t address = code->address;
    while (left > 0 && insn) {
        char text[256];
        const uint64_t here = address;
        if (cs_disasm_iter(engine, &at, &left, &address, insn)) {
            snprintf(text, sizeof text, "%s%s%s", insn->mnemonic, insn->op_str[0] ? " " : "",
                     insn->op_str);
        } else {
            snprintf(text, sizeof text, ".byte 0x%02x", *at);
            at++;
            left--;
            address++;
        }
        visit(ctx, here, ak_str_from(text));
    }
    cs_free(insn, 1);
    cs_close(&engine);
    return AK_OK;
}

static const struct disasm_table table = {.run = run};

extern const struct ak_plugin ak_plugin;
AK_PLUGIN_EXPORT const struct ak_plugin ak_plugin = {
    .name = "disasm", .abi = AK_PLUGIN_ABI, .table = &table};
