pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

// Sections in rows that never scroll: what does not fit goes to the next page, by whole rows.
// A section that may be absent says so by `shown`; its `visible` belongs to the pager.
// Sections narrower than the pager stand side by side; one that `heads` stays with the section after it.
Item {
    id: p
    property real spacing: 24
    property int page: 0
    property int pages: 1
    readonly property int at: Math.min(page, pages - 1)     // fewer pages than the one that was asked for show their last
    property bool beside: Theme.landscape && width >= 800   // the button for more stands at the right instead of below
    property bool laying: false
    property Item held: null                // the section that is typed into: its page is the one to show
    property real wanted: 0                 // the height at which everything stands on one page
    property var sizes: new Map()
    // what makes every section another height at once, hidden ones too, which cannot be measured as they are
    readonly property string conditions: [columnWidth, Theme.textScale, Theme.care, Theme.sheetWidth, Theme.lowReach, Visit.language].join(" ")
    property string measuredUnder: ""
    property real mostMore: 0   // the room for the button is the same on every part, or a row would slip to the one before
    property var followed: new Set()
    readonly property bool narrow: Theme.landscape && width < 700      // too narrow for the number of pages
    readonly property int moreHeight: Math.max(Theme.laptop ? 96 : 112, more.wantedHeight)
    readonly property int moreWidth: Theme.px(110) + 60
    readonly property real columnWidth: beside && pages > 1 ? width - moreWidth - Theme.s2 : width
    default property alias content: rows.data
    signal turned(int page)
    onHeightChanged: p.later()
    onWidthChanged: p.later()
    onMoreHeightChanged: p.later()
    onConditionsChanged: p.later()
    Component.onCompleted: {
        p.follow();
        p.lay();
    }

    Component.onDestruction: p.laying = true     // a call that was put off may come after the end

    // not while somebody is still working out a height, but before the next frame
    function later(): void {
        Qt.callLater(p.lay);
    }

    // a section tells its height late, when what stands in it has been placed
    function follow(): void {
        for (const child of rows.children) {
            if (!p.followed.has(child)) {
                p.followed.add(child);
                child.heightChanged.connect(p.later);
                child.widthChanged.connect(p.later);
                child.shownChanged?.connect(p.later);
            }
        }
        p.later();
    }

    // what stands in a section is placed now, not with the next frame, which would show it in the wrong place
    function settle(item: var): void {
        for (const child of item.children)
            p.settle(child);
        item.forceLayout?.();
    }

    // a hidden section collapses, so its size is the one it had when it was last seen; true if one is another now
    function measure(sections: var): bool {
        let changed = false;
        for (const child of sections) {
            if (child.visible)
                p.settle(child);
            const old = p.sizes.get(child);
            if (old)
                old.width = child.width;    // it stays true while the section is hidden
            if (child.visible && child.height > 0 && (old?.height !== child.height || old?.width !== child.width)) {
                p.sizes.set(child, {"width": child.width, "height": child.height});
                changed = true;
            }
        }
        return changed;
    }

    // rows of sections, each with the height of its tallest
    function inRows(sections: var): var {
        const found = [];
        let used = 0;
        for (const child of sections) {
            const size = p.sizes.get(child);
            const fits = found.length > 0 && used + p.spacing + size.width <= p.columnWidth + 1;
            if (!fits) {
                found.push({"children": [], "height": 0});
                used = 0;
            }
            const row = found[found.length - 1];
            row.children.push(child);
            row.height = Math.max(row.height, size.height);
            used += (used > 0 ? p.spacing : 0) + size.width;
        }
        return found;
    }

    function lay(): void {
        if (p.laying)
            return;
        p.laying = true;
        const there = Array.from(rows.children);
        for (const gone of Array.from(p.sizes.keys()).filter(child => !there.includes(child))) {
            p.sizes.delete(gone);
            p.followed.delete(gone);
        }
        if (p.measuredUnder !== p.conditions) {
            p.measuredUnder = p.conditions;
            p.mostMore = 0;
            for (const child of there)
                child.visible = true;
        }
        p.mostMore = Math.max(p.mostMore, p.moreHeight);
        let turns = 4;
        do {
            p.measure(there);
            p.place(there.filter(child => p.sizes.has(child)));
        } while (p.measure(there) && --turns > 0);
        p.settle(rows);
        p.laying = false;
    }

    function place(known: var): void {
        const lines = p.inRows(known.filter(child => child.shown ?? true));
        p.wanted = lines.reduce((sum, line) => sum + line.height + p.spacing, lines.length > 0 ? -p.spacing : 0);
        const room = p.wanted <= p.height + 1 || p.beside ? p.height : p.height - p.mostMore - Theme.s2;
        let at = 0, used = 0;
        const places = new Map();
        for (const [place, line] of lines.entries()) {
            const next = line.children[0].heads && place + 1 < lines.length ? p.spacing + lines[place + 1].height : 0;
            if (used > 0 && used + line.height + next > room + 1) {
                at += 1;
                used = 0;
            }
            for (const child of line.children)
                places.set(child, at);
            used += line.height + p.spacing;
        }
        p.pages = at + 1;
        const held = known.find(child => child.current ?? false);
        if (held && held !== p.held && places.has(held))
            p.page = places.get(held);
        p.held = held ?? null;
        const shown = Math.min(p.page, at);
        for (const child of known)
            child.visible = (child.shown ?? true) && (places.get(child) ?? shown) === shown;
    }
    Flow {
        id: rows
        width: p.columnWidth
        spacing: p.spacing
        onChildrenChanged: p.follow()
    }
    ActionButton {
        id: more
        visible: p.pages > 1
        x: p.beside ? parent.width - width : 0
        y: p.beside ? 0 : parent.height - height
        width: p.beside ? p.moreWidth : parent.width
        height: p.beside ? Math.min(parent.height, 240) : p.moreHeight
        label: p.beside || p.narrow ? (p.at + 1 < p.pages ? qsTrId("overlay.more") : qsTrId("overlay.first")) : p.at + 1 < p.pages ? (Visit.language !== "" ? Visit.pageText(p.at + 1, p.pages) : "") : qsTrId("overlay.first")
        icon: p.beside ? "" : p.at + 1 < p.pages ? "expand_more" : "expand_less"
        pad: p.beside ? 12 : 36
        onActivated: {
            p.page = p.at + 1 < p.pages ? p.at + 1 : 0;
            p.lay();
            p.turned(p.page);
        }
    }
}
