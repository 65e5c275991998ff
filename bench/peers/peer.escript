#!/usr/bin/env escript
%% Spawn, round trips and stop of processes in Erlang, as Go benchmark lines.
main(_) ->
    N = 10000,
    Self = self(),
    {SpawnUs, Pids} = timer:tc(fun() ->
        [spawn(fun() -> receive stop -> Self ! stopped end end) || _ <- lists:seq(1, N)]
    end),
    {StopUs, _} = timer:tc(fun() ->
        [P ! stop || P <- Pids],
        [receive stopped -> ok end || _ <- Pids]
    end),
    Rounds = 200000,
    Echo = spawn(fun Loop() -> receive {F, M} -> F ! M, Loop(); stop -> ok end end),
    {PingUs, _} = timer:tc(fun() ->
        [begin Echo ! {Self, x}, receive x -> ok end end || _ <- lists:seq(1, Rounds)]
    end),
    io:format("BenchmarkErlangSpawn ~b ~.1f ns/op~n", [N, SpawnUs * 1000 / N]),
    io:format("BenchmarkErlangStop10000 1 ~b ns/op ~.3f ms/shutdown~n", [StopUs * 1000, StopUs / 1000]),
    io:format("BenchmarkErlangPingPong ~b ~.1f ns/op~n", [Rounds, PingUs * 1000 / Rounds]).
