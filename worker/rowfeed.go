package worker

import (
	"context"

	"teamsheet/internal/sheet"
)

const (
	// blockRows and blockBytes bound what is read ahead at a time.
	blockRows  = 512
	blockBytes = 256 << 10
	// blocksAhead is how many blocks are on their way between reader and checker.
	blocksAhead = 4
)

// rowFeed reads the rows of a file ahead of the work on them.
type rowFeed struct {
	reader *sheet.Reader
	full   chan *sheet.Block
	empty  chan *sheet.Block
	stop   chan struct{}
	caught func(func() error) error
	err    error // why there are no more blocks; to be read when full is closed
}

// feedRows starts to read. Whoever gets a feed calls end; caught runs a piece of
// work and makes an error of a panic.
func feedRows(reader *sheet.Reader, caught func(func() error) error) *rowFeed {
	f := &rowFeed{reader: reader, caught: caught, full: make(chan *sheet.Block, blocksAhead), empty: make(chan *sheet.Block, blocksAhead),
		stop: make(chan struct{})}
	for range blocksAhead {
		f.empty <- &sheet.Block{}
	}
	go f.read()
	return f
}

// read fills blocks until there is nothing more to read, or nobody wants it.
func (f *rowFeed) read() {
	defer close(f.full)
	for f.err == nil {
		var block *sheet.Block
		select {
		case block = <-f.empty:
		case <-f.stop:
			return
		}
		f.err = f.caught(func() error { return fill(block, f.reader) })
		f.full <- block // there is room: no more blocks are about than full holds
	}
}

// fill reads rows into a block; an error comes after the rows that were read.
func fill(block *sheet.Block, reader *sheet.Reader) error {
	block.Reset()
	for block.Rows() < blockRows && block.Size() < blockBytes {
		row, err := reader.Read()
		if err != nil {
			return err
		}
		block.Add(row)
	}
	return nil
}

// each calls do for each row, in order, and returns its first error, or else what
// ended the reading: io.EOF at the end of the file. While the file store lets
// wait, waiting beats.
func (f *rowFeed) each(ctx context.Context, p *pulse, do func(*sheet.Row) error) error {
	for {
		block, err := f.next(ctx, p)
		if block == nil {
			return err
		}
		for i := range block.Rows() {
			if err := do(block.Row(i)); err != nil {
				return err
			}
		}
		f.empty <- block
	}
}

// next is the next block; nil: there are no more, and err says why.
func (f *rowFeed) next(ctx context.Context, p *pulse) (block *sheet.Block, err error) {
	select {
	case block = <-f.full:
	default:
		err = p.during(ctx, func() error {
			block = <-f.full
			return nil
		})
	}
	if block == nil {
		return nil, f.err
	}
	return block, err
}

// end stops the reading, and waits until it has stopped.
func (f *rowFeed) end() {
	close(f.stop)
	for range f.full {
	}
}
