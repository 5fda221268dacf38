// Package axe has the accessibility checker that the tests of pages run in a real
// browser: axe-core 4.14.1 of the npm package of that name (axe.min.js, unchanged),
// under the Mozilla Public License 2.0. It is for tests and no part of the program.
package axe

import _ "embed" // for the script

// Script defines window.axe in a page that evaluates it.
//
//go:embed axe.min.js
var Script string

// Run is an expression that checks the page and becomes one line of text for each
// violation of WCAG 2.2 AA or of what axe-core calls best practices: the rule, what
// it asks for, and the elements.
const Run = `axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(function (r) {
	return r.violations.map(function (v) {
		return v.id + ": " + v.help + " in " + v.nodes.map(function (n) { return n.target.join(" ") + " (" + (n.any.concat(n.all, n.none)[0] || {message: ""}).message + ")"; }).join(", ");
	});
})`
