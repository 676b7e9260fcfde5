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

// kept is the same files with every tile that was read kept in memory, as the warm log keeps them.
type kept struct {
	files
	tiles map[tlog.Tile][]byte
}

func (cache kept) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range tiles {
		if cache.tiles[tile] == nil {
			read, err := cache.files.ReadTiles([]tlog.Tile{tile})
			if err != nil {
				return nil, err
			}
			cache.tiles[tile] = read[0]
		}
		data = append(data, cache.tiles[tile])
	}
	return data, nil
}

// prove makes count proofs of random entries and returns how many a second.
func prove(tree tlog.Tree, tiles tlog.TileReader, count int) float64 {
	reader := tlog.TileHashReader(tree, tiles)
	started := time.Now()
	for n := 0; n < count; n++ {
		_, err := tlog.ProveRecord(tree.N, rand.Int63n(tree.N), reader)
		check(err)
	}
	return float64(count) / time.Since(started).Seconds()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
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
	tree := tlog.Tree{N: size, Hash: root}
	proofs := prove(tree, files(folder), 2000)
	memory := kept{files(folder), map[tlog.Tile][]byte{}}
	prove(tree, memory, 10000)
	warm := prove(tree, memory, 5000)

	started := time.Now()
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
		fmt.Fprintln(os.Stderr, "another root")
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"Go, proofs per s, each from its files":  proofs,
		"Go, proofs per s, tiles kept in memory": warm,
		"Go, audit s":                            time.Since(started).Seconds(),
	})
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
