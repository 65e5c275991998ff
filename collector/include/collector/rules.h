/* The rules of the static half, one row each: id, what it finds, what to do about it. The first
 * letter says who looks: L lint go, B lint bench, C lint c, P lint doctor. */
#ifndef COLLECTOR_RULES_H
#define COLLECTOR_RULES_H

#define AK_RULE_MAP(X)                                                                             \
    X(L001, "a line in a loop allocates",                                                          \
      "Take the call out of the loop, or compare values that need no allocation.")                 \
    X(L002, "a value that escapes to the heap on a hot line",                                      \
      "Keep the value on the stack, or reuse one; the compiler's reason is in the evidence.")      \
    X(L003, "a library allocates for a hot line",                                                  \
      "Call it less often, or use a form of it that writes into memory of the caller.")            \
    X(L004, "a hot line allocates without a decision of the compiler",                             \
      "Make the diagnostics from the source that was profiled.")                                   \
    X(L005, "the change sends a value to the heap",                                                \
      "Keep the value on the stack as before, or show by a benchmark that it does not matter.")    \
    X(L006, "the runtime allocates for a hot line",                                                \
      "Give the map, channel or slice its size once, or keep it; wait on fewer.")                  \
    X(B001, "the benchmark has no loop over b.N",                                                  \
      "Repeat the operation b.N times, or use b.Loop; else ns/op is the time of one run over N.")  \
    X(B002, "the timer is stopped and started in the loop",                                        \
      "Do the set-up before the loop, or measure it with the operation.")                          \
    X(B003, "prints while it is timed",                                                            \
      "Print after b.StopTimer, or report with b.ReportMetric and b.Log: what goes to standard "   \
      "output also tears the result's line apart.")                                                \
    X(B004, "a profiling helper that nothing calls",                                               \
      "Call it where the phase begins and ends, or delete it.")                                    \
    X(B005, "b.N is used as a size of data",                                                       \
      "Take a fixed size and repeat the operation b.N times: else the cost of one operation "      \
      "changes with N.")                                                                           \
    X(B006, "the set-up before the loop is timed",                                                 \
      "Call b.ResetTimer before the loop, or use b.Loop, which does.")                             \
    X(C001, "a handler can block its worker",                                                      \
      "Wait outside of the actor, or ask and go on in a continuation.")                            \
    X(C002, "a handler takes a lock",                                                              \
      "Keep the state in one actor and send messages to it, or make sure that nobody holds the "   \
      "lock for long.")                                                                            \
    X(C003, "a handler allocates", "Take the memory once, when the actor starts.")                 \
    X(C004, "a PostStop handler allocates",                                                        \
      "Stopping many actors must not need memory: take it when the actor starts, or do without.")  \
    X(C005, "the stack of a handler is deeper than the limit",                                     \
      "Move large arrays out of the frames that are named, or break the recursion.")               \
    X(P001, "too few samples for claims about lines",                                              \
      "Measure for longer, or repeat with -count; compare functions, not lines.")                  \
    X(P002, "the heap rate is too coarse for the limit",                                           \
      "Judge by exact counters; set runtime.MemProfileRate lower where the profile must explain.") \
    X(P003, "a cumulative heap profile speaks of more than the phase",                             \
      "Take a profile before the phase too, and subtract it (--base).")                            \
    X(P004, "focus on the phase loses the work of other goroutines",                               \
      "Subtract a profile from before the phase instead of focusing on its frames.")               \
    X(P005, "the profiler sees itself", "Leave its frames out (-ignore) before reading shares.")   \
    X(P006, "a library function dominates",                                                        \
      "Look at its callers in the module: the line to edit is there.")                             \
    X(P007, "cost grows faster than the size",                                                     \
      "Look for a loop in a loop over the entities; measure one size more to be sure.")            \
    X(P008, "much time goes into log formatting",                                                  \
      "Set the level of the logger, or test it before formatting: one that discards still "        \
      "formats.")                                                                                  \
    X(P009, "much time goes into garbage collection",                                              \
      "Allocate less; the allocation profile names where.")                                        \
    X(P010, "locations without symbols or cut stacks",                                             \
      "Profile a binary with symbols; deep recursion cannot be attributed to its callers.")        \
    X(P011, "the benchmark has no loop", "Repeat the operation b.N times, or use b.Loop.")         \
    X(P012, "one lock makes most of the waiting",                                                  \
      "Shorten what runs under that lock, split it, or keep the state in one actor.")              \
    X(P013, "memory is held by timers that have not fired",                                        \
      "In a loop use one time.Timer and Reset; time.After is freed only when it fires.")           \
    X(P014, "growing slices and maps is hot", "Make them with the size they will have.")           \
    X(P015, "JSON by reflection is hot",                                                           \
      "Encode by hand or by generated code on this path, or less often.")                          \
    X(P016, "profile and binary do not belong together",                                           \
      "Use the binary that was profiled: lines of another one are wrong.")                         \
    X(P017, "the base is not from before",                                                         \
      "Give the profile from before the phase, of the same process, as the base.")

enum ak_rule {
#define X(id, title, help) AK_RULE_##id,
    AK_RULE_MAP(X)
#undef X
        AK_RULE_COUNT
};
const char *ak_rule_id(enum ak_rule rule); /* "L001" */
const char *ak_rule_title(enum ak_rule rule);
const char *ak_rule_help(enum ak_rule rule);

#endif
