pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// One question; up to five answers stand under each other, more of them in two columns.
KioskPage {
    id: page
    readonly property int columns: Form.choices.length > 5 || Theme.landscape && Form.choices.length > 3 ? 2 : 1
    title: Form.question
    lead: Form.hint
    next: Form.chosen ? qsTrId("bar.next") : qsTrId("choice.waiting")
    nextIcon: Form.chosen ? "arrow_forward" : ""
    ready: Form.chosen
    onNextPressed: Visit.next()
    Pager {
        anchors.fill: parent
        Note {
            shown: Form.choiceProblem !== ""
            width: parent.width
            kind: "failed"
            text: Form.choiceProblem
        }
        Repeater {
            model: Form.choices
            OptionRow {
                required property var modelData
                width: Theme.share(parent.width, page.columns)
                least: page.columns === 1 && !Theme.landscape && !Theme.lowReach ? 172 : 124
                radio: true
                checked: modelData.chosen
                label: modelData.label
                onActivated: Form.chooseOnly(modelData.id)
            }
        }
    }
}
