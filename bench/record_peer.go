// The peer of bench/record.py: Go's sumdb/tlog makes inclusion proofs over the same static files, and audits them.
package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

type files string

func (folder files) Height() int                     { return 8 }
func (folder files) SaveTiles([]tlog.Tile, [][]byte) {}
func (folder files) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range tiles {
		path := strings.TrimPrefix(tile.Path(), "tile/8/")
		read, err := os.ReadFile(filepath.Join(string(folder), "tile", path))
		if err != nil {
			return nil, err
		}
		data = append(data, read)
	}
	return data, nil
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	folder := os.Args[1]
	note, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	check(err)
	lines := strings.Split(string(note), "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, files(folder))
	started, count := time.Now(), 2000
	for n := 0; n < count; n++ {
		_, err := tlog.ProveRecord(size, rand.Int63n(size), reader)
		check(err)
	}
	proofs := float64(count) / time.Since(started).Seconds()

	started = time.Now()
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for place, index := range indexes {
			found[place] = hashes[index]
		}
		return found, nil
	})
	for start := int64(0); start < size; start += 256 {
		tile := tlog.Tile{H: 8, L: -1, N: start / 256, W: int(min(256, size-start))}
		path := strings.Replace(strings.TrimPrefix(tile.Path(), "tile/8/"), "data/", "entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(folder, "tile", path))
		check(err)
		for number := start; len(bundle) > 0; number++ {
			length := binary.BigEndian.Uint16(bundle)
			stored, err := tlog.StoredHashes(number, bundle[2:2+length], read)
			check(err)
			hashes, bundle = append(hashes, stored...), bundle[2+length:]
		}
	}
	found, err := tlog.TreeHash(size, read)
	check(err)
	if found != root {
		fmt.Println("another root")
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"Go, proofs per s": proofs, "Go, audit s": time.Since(started).Seconds(),
	})
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
