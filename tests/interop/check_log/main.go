// Check the static files of a log (https://c2sp.org/tlog-tiles) with Go's own packages, sharing no code with Parley:
// check_log FOLDER VERIFIER-KEY OLDER-CHECKPOINT SEED PROOFS, where PROOFS is JSON of proofs that the log handed out.
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

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const rounds = 200

type files string

func (folder files) Height() int                     { return 8 }
func (folder files) SaveTiles([]tlog.Tile, [][]byte) {}
func (folder files) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range tiles {
		path := strings.Replace(strings.TrimPrefix(tile.Path(), "tile/8/"), "data/", "entries/", 1)
		data = append(data, must(os.ReadFile(filepath.Join(string(folder), "tile", path))))
	}
	return data, nil
}

func check(err error) {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func open(path string, key note.Verifier) tlog.Tree {
	opened := must(note.Open(must(os.ReadFile(path)), note.VerifierList(key)))
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	tree := must(tlog.ParseTree([]byte("go.sum database tree\n" + rest))) // the origin of Go's own log
	if origin != key.Name() || tree.N < 1 {
		check(fmt.Errorf("a checkpoint of another log, or of no entries"))
	}
	return tree
}

func entries(folder files, size int64) (all [][]byte) {
	for start := int64(0); start < size; start += 256 {
		width := 256
		if size-start < 256 {
			width = int(size - start)
		}
		data := must(folder.ReadTiles([]tlog.Tile{{H: 8, L: -1, N: start / 256, W: width}}))[0]
		for ; len(data) >= 2 && len(data)-2 >= int(binary.BigEndian.Uint16(data)); width-- {
			end := 2 + int(binary.BigEndian.Uint16(data))
			all, data = append(all, data[2:end]), data[end:]
		}
		if width != 0 || len(data) != 0 {
			check(fmt.Errorf("the bundle from entry %d on does not hold the entries of its width", start))
		}
	}
	return all
}

func main() {
	folder, key := files(os.Args[1]), must(note.NewVerifier(os.Args[2]))
	tree, older := open(filepath.Join(os.Args[1], "checkpoint"), key), open(os.Args[3], key)
	random := rand.New(rand.NewSource(must(strconv.ParseInt(os.Args[4], 10, 64))))
	var given struct {
		Inclusion []struct {
			Index, Size int64
			Proof       tlog.RecordProof
		}
		Consistency []struct {
			Old, New int64
			Proof    tlog.TreeProof
		}
	}
	check(json.Unmarshal(must(os.ReadFile(os.Args[5])), &given))

	// Every entry is held against the signed root here; proofs alone would only see those drawn.
	var stored []tlog.Hash
	memory := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	root := func(size int64) tlog.Hash { return must(tlog.TreeHash(size, memory)) }
	leaves := entries(folder, tree.N)
	for number, leaf := range leaves {
		stored = append(stored, must(tlog.StoredHashes(int64(number), leaf, memory))...)
	}
	if root(tree.N) != tree.Hash {
		check(fmt.Errorf("the root over the entries is not the signed one"))
	}

	tiles := tlog.TileHashReader(tree, folder)
	for round := 0; round < rounds; round++ {
		index := random.Int63n(tree.N)
		proof := must(tlog.ProveRecord(tree.N, index, tiles))
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaves[index])))
	}
	check(tlog.CheckTree(must(tlog.ProveTree(tree.N, older.N, tiles)), tree.N, tree.Hash, older.N, older.Hash))
	for round := 1; round < rounds; round++ {
		after := 1 + random.Int63n(tree.N)
		before := 1 + random.Int63n(after)
		check(tlog.CheckTree(must(tlog.ProveTree(after, before, tiles)), after, root(after), before, root(before)))
	}
	for _, one := range given.Inclusion {
		leaf := tlog.RecordHash(leaves[one.Index])
		check(tlog.CheckRecord(one.Proof, one.Size, root(one.Size), one.Index, leaf))
	}
	for _, one := range given.Consistency {
		check(tlog.CheckTree(one.Proof, one.New, root(one.New), one.Old, root(one.Old)))
	}
	fmt.Println("inclusion", rounds, "consistency", rounds, "given", len(given.Inclusion)+len(given.Consistency))
}
