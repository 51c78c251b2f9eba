#!/bin/bash -eu
# The harnesses of fuzz/ for ClusterFuzzLite and OSS-Fuzz: what they set ($CC, $CXX, $CFLAGS, $CXXFLAGS,
# $LIB_FUZZING_ENGINE) is used as it is, and everything a fuzzer needs lies in $OUT: the programs,
# NAME_seed_corpus.zip, NAME.dict where there is one, NAME.options. fuzz/test_clusterfuzzlite runs this
# without Docker.
#
# SRC, WORK: set there; here WORK may be missing.
# shellcheck source=../fuzz/common.bash
. "$SRC/vhdxray/fuzz/common.bash"
work=${WORK:-$PWD/build}/vhdxray

# json-c is linked into the program: the machines that fuzz do not have it. Seeds are made with a
# program of its own, whose libraries no sanitizer needs to know.
make -j"$(nproc)" SAN=engine BUILD="$work" B="$work/engine" \
    JSON_LIBS='-Wl,-Bstatic -ljson-c -Wl,-Bdynamic' fuzzers
env -u CFLAGS -u CXXFLAGS make -j"$(nproc)" BUILD="$work" B="$work/plain" "$work/plain/vhdxforge"

for program in "$work"/engine/fuzz/fuzz_*; do
    name=$(basename "$program")
    if [ ! -f "fuzz/$name.c" ]; then continue; fi # an object
    cp "$program" "$OUT/$name"
    mapfile -t folders < <(seeds_of "$work/plain/fuzz" "$work" "$name")
    rm -rf "$work/seeds" "$OUT/${name}_seed_corpus.zip"
    gather "$name" "$work/seeds" "${folders[@]}"
    (cd "$work/seeds" && zip -q -r "$OUT/${name}_seed_corpus.zip" .)
    [ "$(column "$name" 6)" = - ] || cp "fuzz/$(column "$name" 6)" "$OUT/$name.dict"
    printf '[libfuzzer]\nmax_len = %s\n' "$(column "$name" 2)" \
        >"$OUT/$name.options"
done
