#!/usr/bin/env escript
%%! +S 2:2 +P 1000000
%% Erlang (erlang-base): akbench's rows as Go benchmark lines. Processes have no names; their allocations
%% are not counted. Arguments: a divisor of the amounts of work, and "footprint" for that row alone.
-mode(compile).
-import(lists, [seq/2, foreach/2, nth/2]).

main(Args) ->
    Divisor = case Args of [D | _] -> list_to_integer(D); [] -> 1 end,
    case Args of
        [_, _ | _] -> footprint(100000 div Divisor);
        _ -> rows(1000000 div Divisor)
    end.

rows(N) ->
    {Spawn, Pids} = timed(fun() -> sinks(10000, infinity) end),
    flow("Spawn", 10000, Spawn),
    stop_all(Pids),
    stop(1000),
    stop(10000),
    flood("Tell1to1", N, 1, 1),
    flood("Tell4to1", N, 4, 1),
    flood("FanOut1000", N, 1, 1000),
    ping_pong(N div 5).

%% What a fun takes: {{wall ns, CPU ns}, its value}.
timed(Fun) ->
    erlang:garbage_collect(),
    {Cpu0, _} = erlang:statistics(runtime),
    T0 = erlang:monotonic_time(nanosecond),
    Value = Fun(),
    T1 = erlang:monotonic_time(nanosecond),
    {Cpu1, _} = erlang:statistics(runtime),
    {{T1 - T0, (Cpu1 - Cpu0) * 1000000}, Value}.

flow(Name, N, {Wall, Cpu}) ->
    io:format("Benchmark~s ~b ~.1f ns/op ~.1f cpu-ns/op~n", [Name, N, Wall / N, Cpu / N]).

sinks(N, Share) ->
    Self = self(),
    [spawn(fun() -> sink(Self, 0, Share) end) || _ <- seq(1, N)].

sink(Owner, Share, Share) -> Owner ! done, sink(Owner, 0, infinity);
sink(Owner, Count, Share) ->
    receive
        work -> sink(Owner, Count + 1, Share);
        stop -> Owner ! stopped
    end.

stop_all(Pids) ->
    foreach(fun(P) -> P ! stop end, Pids),
    foreach(fun(_) -> receive stopped -> ok end end, Pids).

stop(N) ->
    Pids = sinks(N, infinity),
    {{Wall, Cpu}, _} = timed(fun() -> stop_all(Pids) end),
    io:format("BenchmarkShutdownLatency_~bActors 1 ~b ns/op ~.4f ms/shutdown ~.1f cpu-ns/entity~n",
              [N, Wall, Wall / 1.0e6, Cpu / N]).

flood(Name, N, Sources, Count) ->
    To = list_to_tuple(sinks(Count, N div Count)),
    From = [spawn(fun() -> receive work -> source(N div Sources, 1, To) end end) || _ <- seq(1, Sources)],
    {Took, _} = timed(fun() ->
        foreach(fun(F) -> F ! work end, From),
        foreach(fun(_) -> receive done -> ok end end, seq(1, Count))
    end),
    flow(Name, N, Took),
    stop_all(tuple_to_list(To)).

%% Bursts of 1,000; between them the process queues itself.
source(0, _, _) -> ok;
source(Left, Next, To) ->
    Burst = min(1000, Left),
    After = burst(Burst, Next, To),
    self() ! work,
    receive work -> source(Left - Burst, After, To) end.

burst(0, Next, _) -> Next;
burst(N, Next, To) when Next > tuple_size(To) -> burst(N, 1, To);
burst(N, Next, To) -> element(Next, To) ! work, burst(N - 1, Next + 1, To).

ping_pong(N) ->
    Self = self(),
    Loop = fun Loop(Left, Other) ->
        receive
            {other, P} -> Loop(Left, P);
            work when Left =:= 0 -> Self ! done;
            work -> Other ! work, Loop(Left - 1, Other)
        end
    end,
    A = spawn(fun() -> Loop(N, none) end),
    B = spawn(fun() -> Loop(N, A) end),
    A ! {other, B},
    {Took, _} = timed(fun() -> A ! work, receive done -> ok end end),
    flow("PingPong", N, Took).

footprint(N) ->
    Before = resident(),
    Pids = sinks(N, infinity),
    After = resident(),
    io:format("BenchmarkActorMemoryFootprint 1 ~b rss-bytes/actor~n", [(After - Before) div N]),
    erlang:halt(length(Pids) - N).

resident() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:tokens(binary_to_list(Text), " "),
    list_to_integer(Pages) * 4096.
