module example.org/app

go 1.21

require example.org/lib v0.0.0

replace example.org/lib => ../lib
