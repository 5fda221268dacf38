package ledger

// checkReports: each outcome that is reported has exactly one mail in the outbox,
// of its kind and to who uploaded the file; no other outcome has any.
func (c *checker) checkReports() error {
	type mail struct {
		kind, recipient string
		done            bool
	}
	mails := map[string][]mail{}
	var batch string
	var m mail
	if err := c.each(`SELECT CAST(batch_id AS text), kind, recipient, sent_at IS NOT NULL OR given_up_at IS NOT NULL FROM mails`,
		func() { mails[batch] = append(mails[batch], m); c.outbox++ }, &batch, &m.kind, &m.recipient, &m.done); err != nil {
		return err
	}
	for id, b := range c.batches {
		kind, sent := b.report(), mails[id]
		switch {
		case kind == "" && len(sent) > 0:
			c.breaks(reported, "batch %s is %s and has %d reports", id, b.state, len(sent))
		case kind != "" && len(sent) != 1:
			c.breaks(reported, "batch %s is %s and has %d reports, not one", id, b.state, len(sent))
		case kind != "" && sent[0].kind != kind:
			c.breaks(reported, "batch %s is %s (%s) and its report says %s", id, b.state, b.failure, sent[0].kind)
		case kind != "" && sent[0].recipient != b.email:
			c.breaks(foreign, "the report of batch %s goes to somebody else than who uploaded it", id)
		case kind != "" && c.mails != nil && !sent[0].done:
			c.breaks(reported, "the report of batch %s was not sent", id)
		}
	}
	return nil
}

// report is the kind of mail that an outcome needs; "": none.
func (b *batchRow) report() string {
	switch {
	case b.state == "rejected":
		return "rejected"
	case b.state == "failed" && b.failure == "stale-plan":
		return "stale"
	case b.state == "failed":
		return "failed"
	case b.state == "applied" && b.notify:
		return "applied"
	}
	return ""
}

// checkDeliveries: what was sent was accepted, once but for the faults that came
// after the server had taken it, and nothing else was.
func (c *checker) checkDeliveries() error {
	if c.mails == nil {
		return nil
	}
	known := map[string]bool{}
	var id string
	var sent bool
	if err := c.each(`SELECT message_id, sent_at IS NOT NULL FROM mails`, func() {
		known[id] = true
		if sent && c.mails.Accepted[id] == 0 {
			c.breaks(reported, "mail %s counts as sent, and the server has not got it", id)
		}
	}, &id, &sent); err != nil {
		return err
	}
	for id, times := range c.mails.Accepted {
		if !known[id] {
			c.breaks(reported, "the server has got mail %s, which nobody has sent", id)
		}
		c.doubles += times - 1
	}
	if c.doubles > c.mails.Doubles {
		c.breaks(reported, "%d mails came once more, and %d faults can explain it", c.doubles, c.mails.Doubles)
	}
	return nil
}
